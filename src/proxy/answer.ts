import { STATUS_CODES } from '../net/http.js';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HeaderList } from '../core/header-list.js';
import { Refusal } from '../core/refusal.js';
import { writeFields, writeHead } from '../http1/write.js';
import { MessageWriter } from '../http1/writer.js';
import type { Answer, AnswerHead } from '../upstream/answer.js';
import type { CallerRequest } from './caller-request.js';
import { joined } from './joined.js';

/** What an answer asks of its connection. */
export interface AnswerConnection {
  /** Something was written. */
  onMove(): void;
  /** Bytes of the request's body that have not been read, at most; Infinity where nobody knows. */
  unread(): number;
  /** Gives the connection up, with all that was not read of it in its socket. */
  handOver(): Socket;
}

/** The caller's side of one exchange: writes the answer as it arrives, and knows when the caller has gone. */
export class CallerAnswer implements Answer {
  gone = false;
  onGone: (() => void) | undefined;
  masked = 0;
  /** Something of the answer has been written. */
  begun = false;
  /** All of it has. */
  finished = false;
  /** The connection goes on in another protocol. */
  switching = false;
  readonly #request: CallerRequest;
  readonly socket: Socket;
  readonly #connection: AnswerConnection;
  readonly #waits: boolean;
  #writer: MessageWriter | undefined;
  #lasts: boolean;
  #aborter: AbortController | undefined;
  #bytesOut = 0;
  #bytesIn = 0;

  /** `lasts`: whether another request may follow on the connection. */
  constructor(request: CallerRequest, socket: Socket, lasts: boolean, connection: AnswerConnection) {
    this.#request = request;
    this.socket = socket;
    this.#lasts = lasts;
    this.#connection = connection;
    this.#waits = request.version === '1.1' && /^100-continue$/i.test(request.headers.first('expect') ?? '');
  }

  get lasts(): boolean {
    return this.#lasts;
  }

  /** The connection ends with this answer; where its head has gone out, without having been announced. */
  closeAfter(): void {
    this.#lasts = false;
  }

  get unread(): number {
    return this.#connection.unread();
  }

  /** Aborts when the caller has gone. Made when first asked for: most requests wait for nothing that could be aborted. */
  get signal(): AbortSignal {
    this.#aborter ??= new AbortController();
    if (this.gone) this.#aborter.abort(new Refusal('caller_gone'));
    return this.#aborter.signal;
  }

  get counted(): { bytesIn: number; bytesOut: number; masked: number } {
    return { bytesIn: this.#bytesIn, bytesOut: this.#bytesOut, masked: this.masked };
  }

  countIn(bytes: number): void {
    this.#bytesIn += bytes;
  }

  /** The caller has gone. */
  leave(): void {
    if (this.gone || this.switching) return;
    this.gone = true;
    this.#aborter?.abort(new Refusal('caller_gone'));
    this.onGone?.();
  }

  /** Why the exchange failed: whatever follows from the caller's going away is that. */
  failure(error: unknown): unknown {
    return this.gone ? new Refusal('caller_gone', { cause: error }) : error;
  }

  /** A client that asked whether to send its body is told to (RFC 9110 section 10.1.1). */
  invite(): void {
    if (this.#waits) this.socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
  }

  informational({ status, headers }: AnswerHead): void {
    if (this.#request.version === '1.0' || (status !== 102 && status !== 103)) return;
    this.socket.write(writeHead(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, headers.raw), 'latin1');
  }

  head({ status, statusText, headers }: AnswerHead): void {
    const { method, version } = this.#request;
    const bodiless = method === 'HEAD' || status === 204 || status === 304;
    const chunked = !bodiless && version === '1.1' && !headers.has('content-length');
    // Without a length and without chunks the end of the connection is the end of the answer.
    if (!bodiless && !chunked && !headers.has('content-length')) this.#lasts = false;
    if (chunked) headers.add('Transfer-Encoding', 'chunked');
    if (!this.#lasts) headers.add('Connection', 'close');
    this.begun = true;
    this.#writer = new MessageWriter(this.socket, writeHead(`HTTP/1.1 ${status} ${statusText}`, headers.raw), chunked);
  }

  data(chunk: Buffer): boolean {
    this.#bytesOut += chunk.length;
    this.#connection.onMove();
    return this.#writer?.write(chunk) ?? true;
  }

  onceWritable(resume: () => void): void {
    this.socket.once('drain', resume);
  }

  flush(): void {
    this.#writer?.flush();
  }

  end(trailers: HeaderList): void {
    this.#writer?.end(writeFields(trailers.raw));
    this.finished = true;
  }

  /** A whole answer of our own, as one text. */
  whole(text: string): void {
    this.begun = true;
    this.socket.write(text, 'latin1');
    this.finished = true;
  }

  async switched({ headers }: AnswerHead, upstream: Duplex): Promise<void> {
    this.begun = true;
    this.switching = true;
    const socket = this.#connection.handOver();
    const before = { in: socket.bytesRead, out: socket.bytesWritten };
    const fields = ['Connection', 'Upgrade', 'Upgrade', 'websocket', ...headers.raw];
    socket.write(writeHead('HTTP/1.1 101 Switching Protocols', fields), 'latin1');
    await joined(socket, upstream);
    this.#bytesOut = socket.bytesWritten - before.out;
    this.#bytesIn = socket.bytesRead - before.in;
  }
}
