import type { HttpAnswer, HttpClient, HttpRequest } from '../../net/client.js';
import { Refusal } from '../../core/refusal.js';
import { reasonOf } from '../giving-back.js';
import { reveal } from '../seal.js';
import type { CommonContext } from '../source-context.js';
import { Unavailability } from '../unavailable.js';
import { unlessAborted } from '../unless-aborted.js';
import { detailsOf, failureOf, isLockedOut, isLoginRefused, isTokenDead, loginRefused, noToken } from './failure.js';
import type { Asking, Login } from './login.js';
import { mayRenew, tokenOf, type Token } from './token.js';

export interface SessionTerms extends Pick<CommonContext, 'name' | 'clock' | 'onEvent'> {
  readonly http: HttpClient;
  readonly login: Login;
}

export interface Question extends Pick<HttpRequest, 'method' | 'path'> {
  /** Sent as JSON. */
  readonly body?: object;
}

/** Nobody is let in again for as long after a refusal, milliseconds: three of them lock an identity out for five minutes by default. */
const afterRefusal = 60_000;
const afterLockout = 300_000;
/** Between two attempts to renew a token that still holds. */
const betweenRenewals = 30_000;
/** For one request of a login. */
const patience = 10_000;
/** For a login that is under way at the end, and for giving one back. */
const lastWait = 300;
const farewell = 5000;

/** A login at one server, used by all secrets from there: made when it is needed, one at a time, and given back at the end. */
export class Session {
  readonly #terms: SessionTerms;
  readonly #closing = new AbortController();
  readonly #ending = new Set<Promise<unknown>>();
  #token: Token | undefined;
  /** Tokens that were good for something. */
  readonly #accepted = new WeakSet<Token>();
  #notBefore = Number.NEGATIVE_INFINITY;
  #flight: Promise<Token> | undefined;
  #pause:
    | {
        readonly why: string;
        readonly kind: Unavailability['kind'];
        readonly until: number;
        readonly isLockout: boolean;
      }
    | undefined;
  #closed = false;

  constructor(terms: SessionTerms) {
    this.#terms = terms;
  }

  /**
   * Asks with a token; where that turns out to be dead, once more with another. The server has done nothing then, so this is safe for
   * what must not be done twice; whatever else goes wrong is not tried again. Rejects with `Unavailability`, `ClientError` or a refusal.
   */
  async ask(question: Question, asking: Asking): Promise<HttpAnswer> {
    const token = await this.#usable(asking);
    const answer = await this.#send(question, token, asking.signal);
    if (!isTokenDead(answer)) return answer;
    this.#forget(token);
    const next = await this.#usable(asking);
    const again = await this.#send(question, next, asking.signal);
    if (!isTokenDead(again)) return again;
    this.#forget(next);
    const why = `${this.#terms.http.origin} does not accept the token that it gave (${detailsOf(again)})`;
    if (this.#accepted.has(next)) throw new Unavailability(why, 'down', undefined);
    throw this.#rest(why, 'login', afterRefusal);
  }

  /** What a login was refused for may have been mended: the next who asks tries it. A lockout of the server's is waited for. */
  retryLogin(): void {
    if (this.#pause?.isLockout === false && this.#pause.kind === 'login') this.#pause = undefined;
  }

  /** Gives the token back, until the signal aborts. Never rejects. */
  async close(until?: AbortSignal): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const timer = setTimeout(() => this.#closing.abort(new Refusal('draining')), lastWait);
    await this.#flight?.catch(() => undefined);
    clearTimeout(timer);
    if (this.#token !== undefined) this.#end(this.#token, until);
    this.#token = undefined;
    await Promise.all(this.#ending);
    await this.#terms.http.close();
  }

  async #usable(asking: Asking): Promise<Token> {
    const token = this.#token;
    const now = this.#terms.clock.now();
    if (token !== undefined && now < token.stopAt && (now < token.renewAt || now < this.#notBefore)) return token;
    if (this.#closed) throw new Refusal('draining');
    this.#flight ??= this.#fresh(asking).finally(() => {
      this.#flight = undefined;
    });
    return unlessAborted(this.#flight, asking.signal);
  }

  /** Renewed, or else by a new login; where neither succeeds the old one serves for as long as it lasts. */
  async #fresh(asking: Asking): Promise<Token> {
    const { clock } = this.#terms;
    const old = this.#token;
    const holds = (): boolean => old !== undefined && clock.now() < old.stopAt && this.#token === old;
    try {
      const isRenewable = old !== undefined && holds() && mayRenew(old, clock.now());
      const renewed = isRenewable ? await this.#renewed(old) : undefined;
      if (renewed !== undefined) return (this.#token = renewed);
      const token = await this.#loggedIn(asking);
      if (old !== undefined && holds()) this.#end(old);
      return (this.#token = token);
    } catch (error) {
      if (old === undefined || !holds()) throw error;
      this.#notBefore = clock.now() + betweenRenewals;
      return old;
    }
  }

  /** Undefined where the server will not: it may have ended the token over it. */
  async #renewed({ sealed, endsAt }: Token): Promise<Token | undefined> {
    const { name, http, clock } = this.#terms;
    const asked = clock.now();
    const answer = await this.#postInTime('/api/v1/auth/token/renew', { accessToken: reveal(sealed) });
    if (answer.status === 200) return tokenOf(name, answer, asked, endsAt);
    if (answer.status < 500 && answer.status !== 429) return undefined;
    throw failureOf(answer, http.origin, clock.now());
  }

  async #loggedIn(asking: Asking): Promise<Token> {
    const { name, clock, onEvent } = this.#terms;
    const pause = this.#pause;
    const left = pause === undefined ? 0 : pause.until - clock.elapsed();
    if (pause !== undefined && left > 0) throw new Unavailability(pause.why, pause.kind, left);
    try {
      const token = await this.#logIn(asking);
      this.#pause = undefined;
      onEvent({ event: 'login', backend: name });
      return token;
    } catch (error) {
      if (!this.#closing.signal.aborted) onEvent({ event: 'login_failed', backend: name, reason: reasonOf(error) });
      throw error;
    }
  }

  async #logIn(asking: Asking): Promise<Token> {
    const { name, http, clock, login } = this.#terms;
    const body = await login.body(asking);
    const asked = clock.now();
    const answer = await this.#postInTime(login.path, body);
    const token = answer.status === 200 ? tokenOf(name, answer, asked) : undefined;
    if (token !== undefined) return token;
    const { origin } = http;
    if (answer.status === 200) throw new Unavailability(noToken(origin), 'down', undefined);
    if (isLockedOut(answer)) {
      throw this.#rest(`${origin} has locked us out for a while (${detailsOf(answer)})`, 'login', afterLockout);
    }
    if (isLoginRefused(answer)) {
      throw this.#rest(loginRefused(answer, origin, login.options), 'login', afterRefusal);
    }
    const { message, kind, retryAfter } = failureOf(answer, origin, clock.now());
    throw this.#rest(`the login: ${message}`, kind, retryAfter ?? 0);
  }

  /** Nothing is sent to log in for this long, milliseconds: whoever asks meanwhile gets the same answer. */
  #rest(why: string, kind: Unavailability['kind'], wait: number): Unavailability {
    if (wait > 0) {
      const isLockout = wait === afterLockout;
      this.#pause = { why, kind, until: this.#terms.clock.elapsed() + wait, isLockout };
    }
    return new Unavailability(why, kind, wait > 0 ? wait : undefined);
  }

  #forget(token: Token): void {
    if (this.#token === token) this.#token = undefined;
  }

  /** Its time would end it as well: that this fails is no news. */
  #end({ sealed }: Token, until?: AbortSignal): void {
    const body = { accessToken: reveal(sealed) };
    const signal = AbortSignal.any([AbortSignal.timeout(farewell), ...(until === undefined ? [] : [until])]);
    const ending = this.#post('/api/v1/auth/token/revoke', body, signal)
      .catch(() => undefined)
      .finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  async #send({ method, path, body }: Question, token: Token, signal: AbortSignal): Promise<HttpAnswer> {
    const headers = {
      authorization: `Bearer ${reveal(token.sealed)}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await this.#terms.http.request({ method, path, headers, ...content, signal });
    if (!isTokenDead(answer)) this.#accepted.add(token);
    return answer;
  }

  /** For a login: not bound to one who waits for it, as others wait for the same. */
  async #postInTime(path: string, body: object): Promise<HttpAnswer> {
    const late = AbortSignal.timeout(patience);
    try {
      return await this.#post(path, body, AbortSignal.any([this.#closing.signal, late]));
    } catch (error) {
      if (!late.aborted) throw error;
      throw new Unavailability(`${this.#terms.http.origin} did not answer within ${patience} ms`, 'down', undefined);
    }
  }

  #post(path: string, body: object, signal: AbortSignal): Promise<HttpAnswer> {
    const headers = { 'content-type': 'application/json' };
    return this.#terms.http.request({ method: 'POST', path, headers, body: JSON.stringify(body), signal });
  }
}
