import type { Caller } from '../core/message.js';
import type { Sealed } from '../core/sealed.js';
import type { SecretReference } from './reference.js';

export { checkCaller, differsByCaller, onlyClientOf, type CallerTerms } from './by-caller.js';
export { SecretReference } from './reference.js';
export { Unavailability } from './unavailable.js';
export { secretEvents, type SecretEvent } from './event.js';
export { unavailable, whyUnavailable } from './unavailable.js';

/**
 * What a source hands out: sealed fields and how long they hold. Times are milliseconds since the epoch.
 * A secret that is one value has it in the field `value`.
 */
export interface Fetched {
  readonly fields: Readonly<Record<string, Sealed>>;
  /** Fields that are there and cannot be handed out, by name, and why: `is not UTF-8 text`. They matter to whoever asks for one. */
  readonly unusable?: Readonly<Record<string, string>>;
  /** Changes whenever the value does: a version number, or a keyed digest where the backend has none. */
  readonly version: string;
  /** Until when it may be used; absent: ask for every use. */
  readonly expiresAt?: number;
  /** From when on it is asked for again, though it holds on; absent: at two thirds of its lifetime. */
  readonly refreshAt?: number;
  /** Absent: nothing has to be given back. */
  readonly lease?: HeldLease;
}

/** What a backend keeps a record of for as long as it holds. */
export interface HeldLease {
  /** As the backend calls it; it stands in the audit log, so it must be good for nothing by itself. */
  readonly id: string;
  /** Makes it last longer; rejects where it cannot be, and a new one is fetched then. Absent: it cannot be renewed. */
  readonly renew?: (signal: AbortSignal) => Promise<{ readonly expiresAt: number }>;
  /** Gives it back: its values are worthless then. Rejects where that did not succeed. Absent: it ends by its time alone. */
  readonly revoke?: (signal: AbortSignal) => Promise<void>;
}

/**
 * Where one secret lives. Rejects with what `unavailable` makes, whose words name the place and never a value.
 * `fetch` has to end when the signal aborts.
 */
export interface Source {
  fetch(context: FetchContext): Promise<Fetched>;
  /** Where values differ by caller: what those of this caller are kept by. Throws what `unavailable` makes for a caller that has none. */
  keyFor?(caller: Caller): string;
  /** Where they differ by caller and only one client has any: that client. */
  readonly onlyClient?: string | undefined;
  /**
   * Once, when all leases have been given back and nobody asks any more: resolves when nothing is under way that must not be cut off.
   * Clients of `context.http` are closed then by whoever gave them. Absent: there is no such thing. Never rejects.
   */
  close?(): Promise<void>;
}

export interface FetchContext {
  readonly caller: Caller;
  readonly signal: AbortSignal;
  /**
   * Another secret of the configuration, for a source that is made from one. `to` is the `host` or `host:port` it is about to be sent to:
   * it has to be among the hosts of that secret. Without `to` it must not leave this process. `signs`: it stays here too, and signs what
   * goes there, which a key without any hosts may for everywhere. Rejects with `secret_unavailable`.
   */
  readonly secret: (reference: SecretReference, to?: string, use?: 'signs') => Promise<Sealed>;
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
  /** The backend's name for the lease it belongs to. */
  readonly lease: string | undefined;
  /** Until when this value holds by what its source said when it first gave it, milliseconds since the epoch; it may last longer. */
  readonly expiresAt?: number | undefined;
  /** Every field that is secret: what the scrubber looks for in answers. */
  readonly sealed: readonly Sealed[];
  /** Names of the fields that can be asked for. */
  readonly names: readonly string[];
  /** Throws `secret_unavailable` where the secret has no such field. */
  field(name: string): Sealed;
}

export interface Secrets {
  /** The secret where it can be used without asking anybody, undefined where it has to be acquired. Throws `secret_unavailable`. */
  ready(name: string, caller: Caller): Credential | undefined;
  /** The secret of this name for this caller. Rejects with `secret_unavailable`. */
  acquire(name: string, caller: Caller, signal?: AbortSignal): Promise<Credential>;
  /**
   * A destination has refused this credential: it is not used again, and asked for anew, at most once a minute. Resolves to the new one
   * where it differs, else to undefined. Never rejects.
   */
  rejected(credential: Credential, caller: Caller): Promise<Credential | undefined>;
  /** Ends: gives back the leases of those secrets that no other configuration has, then closes their backends. Never rejects. */
  close(): Promise<void>;
}
