import type { Readable } from 'node:stream';
import type { HeaderList } from '../core/header-list.js';
import type { Draft, RequestHead, Scheme } from '../core/message.js';
import type { ClientCertificate } from '../net/client-certificate.js';
import type { Credential } from '../secrets/index.js';

export type Mode = 'set' | 'substitute';

/** Stands in a path that is shown for what a place keeps there. No caller can send it: a request target holds no space. */
export const concealed = '[a credential]';

/**
 * A place or signer, compiled from its options when the configuration is loaded.
 * `inject` is the last step before the wire: synchronous, silent, and told nothing but what it needs.
 */
export interface Injection {
  readonly mode: Mode;
  /** For the audit: `header authorization`, `basic`. Never a value. */
  readonly place: string;
  /** Names of the header fields that it writes, in lower case; `:path` where it writes the path or the query. */
  readonly fields: readonly string[];
  /**
   * The places of the request that it writes (core/slot): where two entries of a policy write one, and are not both in mode `substitute`,
   * the configuration is refused. Left out where it writes none that another could.
   */
  readonly writes?: readonly string[];
  /** Names of the secrets whose values it puts on the request. */
  readonly secrets: readonly string[];
  /**
   * Whether it fires for this request: always in mode `set`; in mode `substitute` only where
   * the request carries this client's placeholder for its secrets at this place.
   */
  wants(request: Draft, client: string): boolean;
  /**
   * Changes the request. Returns what now stands on the wire in a form of its own (a Basic value, say), for the scrubber.
   * Throws `secret_unavailable` where a value cannot stand at this place (CR, LF, NUL, non-ASCII, surrounding space).
   */
  inject(request: Draft, client: string, credentials: ReadonlyMap<string, Credential>): readonly string[];
  /**
   * Of a place within the messages of a WebSocket only: the text of a message of the caller with its placeholder replaced, and all else
   * as it was; the same text where its placeholder does not stand at this place, or not there alone. `inject` then changes nothing:
   * it says, before the handshake goes out, whether the values can be had, and what the scrubber looks for.
   */
  readonly message?: (text: string, client: string, credentials: ReadonlyMap<string, Credential>) => string;
  /** Whether it has to see all of the body of a request with this head: `content` is there then when it is asked and fires. */
  readonly holds?: (head: RequestHead, client: string) => boolean;
  /** The path (with its query) as the audit may have it, where a credential travels in it. */
  readonly conceal?: (path: string) => string;
  /** Of a signer: the last step, when every place has been filled. Throws or rejects with `unsignable` or `secret_unavailable`. */
  readonly sign?: (
    request: Signable,
    client: string,
    credentials: ReadonlyMap<string, Credential>,
  ) => Signed | Promise<Signed>;
  /**
   * Of a signer and a client certificate: throws `secret_unavailable` where nothing could be signed with these. What a request would find
   * out is found out before there is one.
   */
  readonly tryKeys?: (credentials: ReadonlyMap<string, Credential>) => void;
  /** Of a signer whose destinations refuse a key in words of their own, not by 401: whether they do by this answer. */
  readonly isRefused?: (answer: AnswerStart) => boolean;
  /** Of a client certificate: what the connection to the destination is made with. Throws `secret_unavailable`. */
  readonly certificate?: (credentials: ReadonlyMap<string, Credential>) => ClientCertificate;
}

/** A request as it goes on the wire but for what a signer adds to its `headers`, and takes from its `path`. */
export interface Signable {
  readonly method: string;
  readonly scheme: Scheme;
  /** Host and port as they stand in `Host`. */
  readonly host: string;
  path: string;
  readonly headers: HeaderList;
  /** The body where it is in memory, in its content coding. */
  readonly content: Buffer | undefined;
  /** Whether there is a body, in memory or not. */
  readonly hasBody: boolean;
}

/** How an answer begins: its head, and some KiB of its body, out of their coding. */
export interface AnswerStart {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Buffer;
}

export interface Signed {
  /** What now stands on the wire and is worth something by itself, for the scrubber. */
  readonly rendered: readonly string[];
  /** What the body goes through on its way, where its framing within (`aws-chunked`) held a signature too. */
  readonly body?: (body: Readable) => Readable;
}
