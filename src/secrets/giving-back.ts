import { setMaxListeners } from 'node:events';
import { Refusal } from '../core/refusal.js';
import { Reason } from '../core/reason.js';
import type { OnSecretEvent, SecretEvent } from './event.js';
import type { HeldLease } from './index.js';
import type { WayBack } from './way-back.js';

/** Requests that were given a value have it on the wire by then, milliseconds. */
const grace = 30_000;

export interface GivingBackOptions {
  readonly onEvent: OnSecretEvent;
  /** To where they come from; other secrets from there go the same way. */
  readonly wayBack: WayBack;
}

/** Leases of one secret on their way back to its source: each once, and what could not be given back is told. */
export class GivingBack {
  readonly #options: GivingBackOptions;
  readonly #waiting = new Map<HeldLease, { readonly timer: NodeJS.Timeout; readonly about: About }>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #begun = new WeakSet<HeldLease>();
  readonly #ending = new AbortController();

  constructor(options: GivingBackOptions) {
    this.#options = options;
    // One for each lease that waits: no leak, as Node would warn of.
    setMaxListeners(0, this.#ending.signal);
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

  /** Everything that waits, and what is under way. What is not back when the signal aborts is told to be unrevoked. Never rejects. */
  async all(until: AbortSignal): Promise<void> {
    const end = (): void => this.#ending.abort();
    until.addEventListener('abort', end);
    if (until.aborted) end();
    for (const [lease, { about }] of this.#waiting) this.now(lease, about);
    await Promise.all(this.#underWay);
    until.removeEventListener('abort', end);
  }

  async #revoke(id: string, revoke: NonNullable<HeldLease['revoke']>, about: About): Promise<void> {
    const { onEvent, wayBack } = this.#options;
    try {
      await wayBack.send(revoke, this.#ending.signal);
      onEvent({ ...about, event: 'revoked', lease: id });
    } catch (error) {
      onEvent({ ...about, event: 'unrevoked', lease: id, reason: reasonOf(error) });
    }
  }
}

type About = Pick<SecretEvent, 'secret' | 'backend' | 'version' | 'fingerprint' | 'expiresAt'>;

/** Of a foreign error nothing goes on: its message may repeat what was sent. */
export function reasonOf(error: unknown): Reason {
  const cause = error instanceof Refusal ? error.cause : error;
  return cause instanceof Reason ? cause : new Reason('it failed');
}
