import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { HeaderList } from '../core/header-list.js';

/** A request as it goes on the wire: all decided, the credential in it. */
export interface Message {
  readonly method: string;
  readonly acceptEncoding: string;
  /** Request line and header section. */
  readonly head: string;
  readonly body: Readable | undefined;
  /** Whether the body goes out in chunks; else its Content-Length stands among the headers. */
  readonly chunked: boolean;
  readonly upgrade: boolean;
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
  onData(flow: Flow, piece: Buffer): void;
  onEnd(flow: Flow, trailers: string[]): void;
  onUpgrade(status: number, headers: HeaderList, socket: Socket): void;
  onFailure(error: unknown): void;
  /** All that came at once has been told. */
  onTurn(): void;
}
