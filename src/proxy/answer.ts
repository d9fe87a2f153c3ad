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
  /** Gives the connection up, with all that was not read of it in its socket, which ends once nothing has moved on it for long. */
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
  #invited = false;
  #onWritable: (() => void) | undefined;
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

  /** Bytes of the request's body that are still to be read, at most. Whether a client sends them that was not told to, nobody knows. */
  get unread(): number {
    const unread = this.#connection.unread();
    return unread > 0 && this.#waits && !this.#invited ? Infinity : unread;
  }

  /** Whether the answer has no body whatever its head says. */
  get bodiless(): boolean {
    return this.#request.method === 'HEAD';
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
    this.#invited = true;
    if (this.#waits) this.socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
  }

  informational({ status, headers }: AnswerHead): void {
    if (this.#request.version === '1.0' || (status !== 102 && status !== 103)) return;
    // RFC 9110 section 8.6: it has none, and a caller that believes it takes the answer for its body.
    headers.remove('content-length');
    this.socket.write(writeHead(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, headers.raw), 'latin1');
  }

  head({ status, statusText, headers }: AnswerHead): void {
    const { version } = this.#request;
    const bodiless = this.bodiless || status === 204 || status === 304;
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

  /** One listener however often it is asked in one turn: the answer to many small pieces is the same. */
  onceWritable(resume: () => void): void {
    if (this.#onWritable === undefined) this.socket.once('drain', () => this.#drained());
    this.#onWritable = resume;
  }

  flush(): void {
    this.#writer?.flush();
  }

  end(trailers: HeaderList): void {
    // RFC 9110 section 6.5.1: a length that comes after what it is to measure.
    trailers.remove('content-length');
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
    headers.remove('content-length');
    const head = writeHead('HTTP/1.1 101 Switching Protocols', [
      'Connection',
      'Upgrade',
      'Upgrade',
      'websocket',
      ...headers.raw,
    ]);
    this.begun = true;
    this.switching = true;
    const socket = this.#connection.handOver();
    const before = { in: socket.bytesRead, out: socket.bytesWritten };
    socket.write(head, 'latin1');
    await joined(socket, upstream);
    this.#bytesOut = socket.bytesWritten - before.out;
    this.#bytesIn = socket.bytesRead - before.in;
  }

  #drained(): void {
    const resume = this.#onWritable;
    this.#onWritable = undefined;
    resume?.();
  }
}
