import { Refusal } from '../core/refusal.js';
import { Reason } from '../core/reason.js';
import type { OnSecretEvent, SecretEvent } from './event.js';
import type { HeldLease } from './index.js';
import { unlessAborted } from './unless-aborted.js';

/** Requests that were given a value have it on the wire by then, milliseconds. */
const grace = 30_000;

export interface GivingBackOptions {
  readonly onEvent: OnSecretEvent;
  /** For one lease, milliseconds. */
  readonly timeout: number;
}

/** Leases on their way back to their sources: each once, and what could not be given back is told. */
export class GivingBack {
  readonly #options: GivingBackOptions;
  readonly #waiting = new Map<HeldLease, { readonly timer: NodeJS.Timeout; readonly about: About }>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #begun = new WeakSet<HeldLease>();

  constructor(options: GivingBackOptions) {
    this.#options = options;
  }

  /** When those that use it now have done so. */
  later(lease: HeldLease | undefined, about: About): void {
    if (lease?.revoke === undefined || this.#begun.has(lease) || this.#waiting.has(lease)) return;
    const timer = setTimeout(() => this.now(lease, about), grace).unref();
    this.#waiting.set(lease, { timer, about });
  }

  /** It came once more, and is used again. */
  keep(lease: HeldLease | undefined): void {
    for (const [waiting, { timer }] of this.#waiting) {
      if (waiting.id !== lease?.id) continue;
      clearTimeout(timer);
      this.#waiting.delete(waiting);
    }
  }

  now(lease: HeldLease | undefined, about: About): void {
    if (lease?.revoke === undefined || this.#begun.has(lease)) return;
    clearTimeout(this.#waiting.get(lease)?.timer);
    this.#waiting.delete(lease);
    this.#begun.add(lease);
    const going = this.#revoke(lease.id, lease.revoke, about).finally(() => this.#underWay.delete(going));
    this.#underWay.add(going);
  }

  /** Everything that waits, and what is under way. Never rejects. */
  async all(): Promise<void> {
    for (const [lease, { about }] of this.#waiting) this.now(lease, about);
    await Promise.all(this.#underWay);
  }

  async #revoke(id: string, revoke: NonNullable<HeldLease['revoke']>, about: About): Promise<void> {
    const { onEvent, timeout } = this.#options;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(late(timeout)), timeout);
    try {
      // One that does not listen to the signal must not hold the end of the program up.
      await unlessAborted(revoke(controller.signal), controller.signal);
      onEvent({ ...about, event: 'revoked', lease: id });
    } catch (error) {
      onEvent({ ...about, event: 'unrevoked', lease: id, reason: reasonOf(error) });
    } finally {
      clearTimeout(timer);
    }
  }
}

type About = Pick<SecretEvent, 'secret' | 'backend' | 'version' | 'fingerprint' | 'expiresAt'>;

function late(timeout: number): Refusal {
  return new Refusal('secret_unavailable', { cause: new Reason(`it was not given back within ${timeout} ms`) });
}

/** Of a foreign error nothing goes on: its message may repeat what was sent. */
export function reasonOf(error: unknown): Reason {
  const cause = error instanceof Refusal ? error.cause : error;
  return cause instanceof Reason ? cause : new Reason('it failed');
}
