import type { RequestHead } from '../core/message.js';
import type { Credential } from '../secrets/index.js';

export type Mode = 'set' | 'substitute';

/**
 * A place or signer, compiled from its options when the configuration is loaded.
 * `inject` is the last step before the wire: synchronous, silent, and told nothing but what it needs.
 */
export interface Injection {
  readonly mode: Mode;
  /** For the audit: `header authorization`, `basic`. Never a value. */
  readonly place: string;
  /** Names of the header fields that it writes, in lower case. */
  readonly fields: readonly string[];
  /** Names of the secrets whose values it puts on the request. */
  readonly secrets: readonly string[];
  /**
   * Whether it fires for this request: always in mode `set`; in mode `substitute` only where
   * the request carries this client's placeholder for its secrets at this place.
   */
  wants(head: RequestHead, client: string): boolean;
  /**
   * Changes the head. Returns what now stands on the wire in a form of its own (a Basic value, say), for the scrubber.
   * Throws `secret_unavailable` where a value cannot stand at this place (CR, LF, NUL, non-ASCII, surrounding space).
   */
  inject(head: RequestHead, client: string, credentials: ReadonlyMap<string, Credential>): readonly string[];
}
