import type { Clock } from '../../core/clock.js';
import { Refusal } from '../../core/refusal.js';
import { ClientError } from '../../net/client-error.js';
import { Reason } from '../../core/reason.js';
import type { OnSecretEvent } from '../event.js';
import type { FetchContext } from '../index.js';
import { reveal } from '../seal.js';
import { unlessAborted } from '../unless-aborted.js';
import type { Answered, Call, VaultCalls } from './calls.js';
import { failureOf, VaultFailure } from './failure.js';
import { lifeOf, type HeldToken } from './held-token.js';
import { renewedTtl, type Login, type Material } from './login.js';

export interface SessionOptions {
  readonly backend: string;
  readonly calls: VaultCalls;
  readonly login: Login;
  readonly clock: Clock;
  readonly onEvent: OnSecretEvent;
}

/** For a login, a renewal and a revocation, milliseconds: those who wait have their own limits. */
const patience = 10_000;
/** For a login that is under way at the end, milliseconds: what it is given has to be given back. */
const grace = 1000;
/**
 * After logins that were refused, one after the other, milliseconds: Vault locks an identity out for a quarter of an hour after five that
 * were, and forgets them after as long.
 */
const afterRefusals = [60_000, 300_000, 960_000];
/** Reloads do not lead to a fifth within the time after which Vault forgets them, milliseconds. */
const mostRefusals = 4;
const forgotten = 900_000;
/** A token that cannot look itself up is believed to live for so long, milliseconds. */
const believed = 60_000;
/** After a renewal that failed, milliseconds: the token is used on meanwhile. */
const afterFailure = 30_000;

/** The login to one Vault: one at a time, renewed when it is used, made again when it has died, and given back at the end. */
export class VaultSession {
  readonly #options: SessionOptions;
  #held: HeldToken | undefined;
  /** Replaced and still alive: leases hang on them. */
  #retired: HeldToken[] = [];
  #refused: { readonly failure: VaultFailure; readonly until: number } | undefined;
  #refusals = 0;
  #refusedAt: number[] = [];
  #loggingIn: Promise<HeldToken> | undefined;
  #renewing: Promise<boolean> | undefined;
  /** A token that was just made could not look itself up: what it is told then says nothing about its life. */
  #cannotLookUpUntil = Number.NEGATIVE_INFINITY;
  #closed = false;
  readonly #ending = new AbortController();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Sends a call with the token. Where the token turns out to be dead, once more with a new one. */
  async ask(
    call: Omit<Call, 'token' | 'signal'>,
    context: FetchContext,
  ): Promise<{ answered: Answered; token: HeldToken }> {
    const { signal } = context;
    const token = await this.#current(context);
    const answered = await this.#send(call, token, signal);
    if (answered.status !== 403 || (this.#held === token && (await this.isAlive(token, signal))))
      return { answered, token };
    if (this.#held === token) this.#held = undefined;
    const next = await this.#current(context);
    const again = await this.#send(call, next, signal);
    if (again.status === 403 && !(await this.isAlive(next, signal)))
      this.#cannotLookUpUntil = this.#options.clock.elapsed() + believed;
    return { answered: again, token: next };
  }

  /** Sends a call about a lease with the token that the lease hangs on, which is kept alive by that. */
  async askWith(token: HeldToken, call: Omit<Call, 'token'>): Promise<Answered> {
    const { clock, calls } = this.#options;
    const isHalfOver = clock.now() >= token.expiresAt - token.ttl / 2;
    if (token === this.#held && token.renewable && isHalfOver && !this.#closed) {
      await within(this.#renewed(token), call.signal).catch(() => undefined);
    }
    if (clock.now() >= token.expiresAt) {
      throw new VaultFailure(
        `the token for ${calls.origin} that the lease hangs on has expired, and the lease with it`,
        'missing',
      );
    }
    return this.#send(call, token, call.signal);
  }

  /** Whether a token is known to Vault, after it was told 403. Rejects where it does not say. */
  async isAlive(token: HeldToken, signal: AbortSignal): Promise<boolean> {
    const { clock, calls } = this.#options;
    if (clock.now() >= token.expiresAt) return false;
    if (clock.elapsed() < this.#cannotLookUpUntil) return true;
    const path = 'auth/token/lookup-self';
    const answered = await calls.send({ method: 'GET', path, token: token.sealed, signal });
    if (answered.isSuccess || answered.status === 403) return answered.isSuccess;
    throw this.failure(answered, path);
  }

  failure(answered: Answered, path: string): VaultFailure {
    return failureOf(answered, this.#options.calls.origin, path);
  }

  /** After a refused login: the next who asks tries it, though its pause is not over; the pause after that is the longer one. Not where it could lock us out. */
  retryLogin(): void {
    const since = this.#options.clock.elapsed() - forgotten;
    this.#refusedAt = this.#refusedAt.filter((time) => time > since);
    if (this.#refusedAt.length < mostRefusals) this.#refused = undefined;
  }

  /** Revokes what was logged in for, until the signal aborts. Never rejects. */
  async close(until?: AbortSignal): Promise<void> {
    this.#closed = true;
    const timer = setTimeout(() => this.#ending.abort(new Refusal('draining')), grace);
    await this.#loggingIn?.catch(() => undefined);
    clearTimeout(timer);
    const tokens = [...this.#retired, ...(this.#held === undefined ? [] : [this.#held])];
    this.#held = undefined;
    const { clock } = this.#options;
    await Promise.all(
      tokens
        .filter((token) => token.isOurs && clock.now() < token.expiresAt)
        .map((token) => this.#revoke(token, until)),
    );
  }

  #send(call: Omit<Call, 'token' | 'signal'>, token: HeldToken, signal: AbortSignal): Promise<Answered> {
    return this.#options.calls.send({ ...call, token: token.sealed, signal });
  }

  async #current(context: FetchContext): Promise<HeldToken> {
    if (this.#closed) throw new Refusal('draining');
    const { clock } = this.#options;
    const held = this.#held;
    const now = clock.now();
    if (held === undefined || now >= held.expiresAt) return this.#loggedIn(context, held);
    if (now < held.refreshAt) return held;
    try {
      if (held.renewable && (await within(this.#renewed(held), context.signal))) return held;
      return await this.#loggedIn(context, held);
    } catch (error) {
      if (context.signal.aborted) throw error;
      // It is alive, and used for as long as it is.
      held.refreshAt = clock.now() + afterFailure;
      return held;
    }
  }

  /** Whether it was made to last longer, by more than is left to it anyway: near its greatest age it is not. */
  #renewed(token: HeldToken): Promise<boolean> {
    const { clock } = this.#options;
    const path = 'auth/token/renew-self';
    const renew = async (signal: AbortSignal): Promise<boolean> => {
      const answered = await this.#send({ method: 'POST', path, body: {} }, token, signal);
      if (!answered.isSuccess && answered.status !== 400 && answered.status !== 403) {
        throw this.failure(answered, path);
      }
      const ttl = renewedTtl(answered);
      if (ttl === undefined) return false;
      const isWorthIt = ttl >= token.ttl / 2;
      Object.assign(token, lifeOf(clock.now(), ttl, isWorthIt ? ttl : token.ttl));
      return isWorthIt;
    };
    this.#renewing ??= renew(AbortSignal.timeout(patience)).finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  /** A new token, in place of `instead`. */
  async #loggedIn(context: FetchContext, instead: HeldToken | undefined): Promise<HeldToken> {
    const { clock, login } = this.#options;
    const left = (this.#refused?.until ?? 0) - clock.elapsed();
    if (this.#refused !== undefined && left > 0) {
      throw new VaultFailure(this.#refused.failure.message, 'login', left);
    }
    const material = await login.prepare(context);
    if (this.#held !== undefined && this.#held !== instead) return this.#held;
    this.#loggingIn ??= this.#logIn(material).finally(() => (this.#loggingIn = undefined));
    return within(this.#loggingIn, context.signal);
  }

  async #logIn(material: Material): Promise<HeldToken> {
    const { backend, calls, login, clock, onEvent } = this.#options;
    const signal = AbortSignal.any([AbortSignal.timeout(patience), this.#ending.signal]);
    try {
      const { token, ttl, renewable, isOurs } = await login.logIn(material, signal);
      const now = clock.now();
      this.#refused = undefined;
      this.#refusals = 0;
      this.#refusedAt = [];
      const before = this.#held;
      // One that somebody else has made may be the same as before: looked at again, it is no other login.
      if (before !== undefined && reveal(before.sealed) === reveal(token)) {
        return Object.assign(before, { renewable, ...lifeOf(now, ttl, ttl) });
      }
      if (before !== undefined) this.#retired.push(before);
      this.#retired = this.#retired.filter(({ expiresAt }) => now < expiresAt);
      this.#held = { sealed: token, isOurs, renewable, ...lifeOf(now, ttl, ttl) };
      const reason = new Reason(`its requests to ${calls.origin} have X-Correlation-Id ${calls.instance}.*`);
      const expiresAt = Number.isFinite(ttl) ? now + ttl : undefined;
      onEvent({ event: 'login', backend, expiresAt, reason });
      return this.#held;
    } catch (error) {
      if (this.#ending.signal.aborted) throw new Refusal('draining');
      if (signal.aborted) throw new VaultFailure(`${calls.origin} did not answer the login in ${patience} ms`, 'down');
      if (error instanceof VaultFailure && error.kind === 'login') {
        const pause = afterRefusals[Math.min(this.#refusals, afterRefusals.length - 1)] ?? 0;
        this.#refusals += 1;
        this.#refusedAt.push(clock.elapsed());
        const next = new Date(clock.now() + pause).toISOString();
        const failure = new VaultFailure(
          `${error.message}; not tried again before ${next} or a reload`,
          'login',
          pause,
        );
        this.#refused = { failure, until: clock.elapsed() + pause };
        onEvent({ event: 'login_failed', backend, reason: failure });
        throw failure;
      }
      throw error;
    }
  }

  async #revoke(token: HeldToken, until?: AbortSignal): Promise<void> {
    const { backend, onEvent } = this.#options;
    const path = 'auth/token/revoke-self';
    const signal = AbortSignal.any([AbortSignal.timeout(patience), ...(until === undefined ? [] : [until])]);
    try {
      const answered = await this.#send({ method: 'POST', path, body: {} }, token, signal);
      if (!answered.isSuccess) throw this.failure(answered, path);
      onEvent({ event: 'revoked', backend, reason: new Reason('the token of its login') });
    } catch (error) {
      const isOurs = error instanceof VaultFailure || error instanceof ClientError;
      const why = isOurs ? error.message : 'it was not answered in time';
      onEvent({ event: 'unrevoked', backend, reason: new Reason(`the token of its login: ${why}`) });
    }
  }
}

/** As `unlessAborted`, with the signal's reason whatever it is. */
async function within<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await unlessAborted(promise, signal);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}
