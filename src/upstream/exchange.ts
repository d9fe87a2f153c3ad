import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { HeaderList } from '../core/header-list.js';
import type { Scheme } from '../core/message.js';

/** A request as it goes on the wire, in whatever version of HTTP: all decided, the credential in it. */
export interface Message {
  readonly method: string;
  readonly scheme: Scheme;
  /** Host and port as they stand in `Host` or `:authority`. */
  readonly host: string;
  readonly path: string;
  /** No `Host`, and nothing that concerns one connection only. */
  readonly headers: HeaderList;
  readonly acceptEncoding: string;
  /** Fields that a credential was put in, in lower case: no table of a compression keeps them. */
  readonly secretFields: readonly string[];
  /** Whether the caller has said that it takes trailers (RFC 9110 section 10.1.4); they are passed on to any. */
  readonly takesTrailers: boolean;
  readonly body: Readable | undefined;
  /** What goes behind the body: read when it has ended, and not before. */
  readonly trailers: HeaderList;
  /** Whether the body has no length that is known; else its Content-Length stands among the headers. */
  readonly chunked: boolean;
  /** The protocol to go on in, if any. */
  readonly upgrade: string | undefined;
}

/** Holds the destination back, or gives the exchange up. */
export interface Flow {
  pause(): void;
  resume(): void;
  abort(error: unknown): void;
}

/** Where an answer goes, in order: any number of informational heads, then a head, data, and the end; or an upgrade, or a failure. */
export interface AnswerSink {
  onHead(flow: Flow, status: number, statusText: string, headers: HeaderList): void;
  /** The piece is good until this returns: whoever keeps it copies it. */
  onData(flow: Flow, piece: Buffer): void;
  onEnd(flow: Flow, trailers: string[]): void;
  onUpgrade(status: number, headers: HeaderList, socket: Socket): void;
  onFailure(error: unknown): void;
  /** All that came at once has been told. */
  onTurn(): void;
}
