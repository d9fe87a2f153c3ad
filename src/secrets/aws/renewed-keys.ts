import type { Clock } from '../../core/clock.js';
import { Reason } from '../../core/reason.js';
import { Refusal } from '../../core/refusal.js';
import type { OnSecretEvent } from '../event.js';
import { AwsFailure } from './failure.js';
import { unlessAborted } from '../unless-aborted.js';
import type { TemporaryKeys } from './keys.js';
import type { Pauses } from './pause.js';

/** A login takes no longer, milliseconds. */
const patience = 15_000;
/** Keys that end sooner are not used any more, milliseconds. */
const lastMoments = 30_000;
/** Under which a login that was refused is remembered. */
export const loginPause = 'login';

export interface RenewedKeysTerms {
  /** The name in the configuration. */
  readonly backend: string;
  readonly clock: Clock;
  readonly pauses: Pauses;
  readonly onEvent: OnSecretEvent;
}

/** The temporary keys of a login: kept while they hold, one login at a time, a new one on the first use after two thirds of their life. */
export class RenewedKeys {
  readonly #terms: RenewedKeysTerms;
  readonly #login: (signal: AbortSignal) => Promise<TemporaryKeys>;
  readonly #closing = new AbortController();
  #held: { readonly keys: TemporaryKeys; readonly renewAt: number } | undefined;
  #loggingIn: Promise<TemporaryKeys> | undefined;

  constructor(terms: RenewedKeysTerms, login: (signal: AbortSignal) => Promise<TemporaryKeys>) {
    this.#terms = terms;
    this.#login = login;
  }

  /** The login is everybody's: it goes on when the one who waits here does not any more. */
  async keys(signal: AbortSignal): Promise<TemporaryKeys> {
    const now = this.#terms.clock.now();
    const held = this.#held;
    if (held === undefined || now >= held.keys.expiresAt - lastMoments) return unlessAborted(this.#loggedIn(), signal);
    // What is held does for this use, whatever becomes of it.
    if (now >= held.renewAt) this.#loggedIn().catch(() => undefined);
    return held.keys;
  }

  discard(keys: unknown): void {
    if (this.#held?.keys === keys) this.#held = undefined;
  }

  close(): void {
    this.#held = undefined;
    this.#closing.abort(new Refusal('draining'));
  }

  #loggedIn(): Promise<TemporaryKeys> {
    this.#loggingIn ??= this.#loginOnce().finally(() => {
      this.#loggingIn = undefined;
    });
    return this.#loggingIn;
  }

  async #loginOnce(): Promise<TemporaryKeys> {
    const { backend, clock, pauses, onEvent } = this.#terms;
    pauses.check(loginPause);
    const controller = new AbortController();
    const late = new AwsFailure(`the login did not end within ${patience} ms`, 'down');
    const timer = setTimeout(() => controller.abort(late), patience).unref();
    const signal = AbortSignal.any([controller.signal, this.#closing.signal]);
    try {
      const begin = clock.now();
      const keys = await unlessAborted(this.#login(signal), signal);
      if (keys.expiresAt - lastMoments <= clock.now()) {
        throw new AwsFailure('the login gave keys that have expired: the clock of this machine may be wrong', 'down');
      }
      this.#held = { keys, renewAt: begin + ((keys.expiresAt - begin) * 2) / 3 };
      onEvent({ event: 'login', backend, expiresAt: keys.expiresAt });
      return keys;
    } catch (error) {
      const cause: unknown = signal.aborted ? signal.reason : error;
      const failure = cause instanceof AwsFailure && cause.kind === 'denied' ? asLogin(cause) : cause;
      if (failure instanceof AwsFailure && failure.kind === 'login') pauses.begin(loginPause, failure);
      if (!this.#closing.signal.aborted) {
        const reason = failure instanceof Reason ? failure : new Reason('the login failed');
        onEvent({ event: 'login_failed', backend, reason });
      }
      throw failure;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Not to be let into a role is not to be let in. */
function asLogin({ message, retryAfter }: AwsFailure): AwsFailure {
  return new AwsFailure(message, 'login', retryAfter);
}
