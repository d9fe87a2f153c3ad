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
  /**
   * Of a place within the messages of a WebSocket only: the text of a message of the caller with its placeholder replaced, and all else
   * as it was; the same text where its placeholder does not stand at this place, or not there alone. `inject` then changes nothing:
   * it says, before the handshake goes out, whether the values can be had, and what the scrubber looks for.
   */
  readonly message?: (text: string, client: string, credentials: ReadonlyMap<string, Credential>) => string;
}
