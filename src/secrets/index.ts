import type { Caller } from '../core/message.js';
import type { Sealed } from '../core/sealed.js';

/**
 * What a backend hands out: sealed fields and how long they hold.
 * A secret that is one value has it in the field `value`.
 */
export interface Fetched {
  readonly fields: Readonly<Record<string, Sealed>>;
  /** Changes whenever the value does: a version number, or a keyed digest where the backend has none. */
  readonly version: string;
  /** Until when it may be used without asking again, milliseconds since the epoch; absent: ask for every use. */
  readonly expiresAt?: number;
}

/**
 * Where one secret lives. Rejects with `Refusal('secret_unavailable')` and a cause that names the place, never a value.
 * `fetch` has to end when the signal aborts.
 */
export interface Source {
  fetch(context: FetchContext): Promise<Fetched>;
}

export interface FetchContext {
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

/** A secret ready for use on one request. */
export interface Credential {
  /** The name in the configuration. */
  readonly name: string;
  /** The kind of its source: `env`, `file`, … */
  readonly backend: string;
  readonly version: string;
  /** Keyed digest of the value, for the audit: tells 'the same value' without telling the value. */
  readonly fingerprint: string;
  /** Every field: what the scrubber looks for in answers. */
  readonly sealed: readonly Sealed[];
  /** Throws `secret_unavailable` where the secret has no such field. */
  field(name: string): Sealed;
}

export interface Secrets {
  /** The secret where it can be used without asking anybody, undefined where it has to be acquired. Throws `secret_unavailable`. */
  ready(name: string): Credential | undefined;
  /** The secret of this name for this caller. Rejects with `secret_unavailable`. */
  acquire(name: string, caller: Caller, signal?: AbortSignal): Promise<Credential>;
  close(): Promise<void>;
}
