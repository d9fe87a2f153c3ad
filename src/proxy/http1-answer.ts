import { STATUS_CODES } from '../net/http.js';
import type { Socket } from 'node:net';
import type { HeaderList } from '../core/header-list.js';
import type { Refusal } from '../core/refusal.js';
import { writeHead } from '../http1/write.js';
import { MessageWriter } from '../http1/writer.js';
import type { AnswerHead } from '../upstream/answer.js';
import { CallerAnswer, type Counted } from './answer.js';
import type { CallerRequest } from './caller-request.js';
import { refusalText } from './refuse.js';

/** An unread request body up to this size is read to its end, so that the connection stays usable. */
const readableRest = 64 * 1024;
const headEnd = '\r\n\r\n';

/** What an answer asks of its connection. */
export interface AnswerConnection {
  /** Something was written. */
  onMove(): void;
  /** Bytes of the request's body that have not been read, at most; Infinity where nobody knows. */
  unread(request: CallerRequest): number;
  /** Gives the connection up, with all that was not read of it in its socket, which ends once nothing has moved on it for long. */
  handOver(): Socket;
}

export interface Exchange {
  readonly request: CallerRequest;
  readonly answer: Http1Answer;
}

/** An answer in HTTP/1.1, on a connection that serves one request after the other. */
export class Http1Answer extends CallerAnswer {
  /** The connection goes on in another protocol. */
  switching = false;
  readonly connection: Socket;
  readonly #request: CallerRequest;
  readonly #host: AnswerConnection;
  readonly #waits: boolean;
  #invited = false;
  #onWritable: (() => void) | undefined;
  #writer: MessageWriter | undefined;
  #lasts: boolean;
  /** What had moved on the connection before it went on in another protocol. */
  #before: { readonly in: number; readonly out: number } | undefined;

  /** `lasts`: whether another request may follow on the connection. */
  constructor(request: CallerRequest, socket: Socket, lasts: boolean, host: AnswerConnection) {
    super();
    this.#request = request;
    this.connection = socket;
    this.#lasts = lasts;
    this.#host = host;
    this.#waits = request.version === '1.1' && /^100-continue$/i.test(request.headers.first('expect') ?? '');
  }

  get lasts(): boolean {
    return this.#lasts;
  }

  /** The connection ends with this answer; where its head has gone out, without having been announced. */
  override closeAfter(): void {
    this.#lasts = false;
  }

  /** Bytes of the request's body that are still to be read, at most. Whether a client sends them that was not told to, nobody knows. */
  get unread(): number {
    const unread = this.#host.unread(this.#request);
    return unread > 0 && this.#waits && !this.#invited ? Infinity : unread;
  }

  /** Whether the answer has no body whatever its head says. */
  get bodiless(): boolean {
    return this.#request.method === 'HEAD';
  }

  override get counted(): Counted {
    if (this.#before === undefined) return super.counted;
    const { bytesRead, bytesWritten } = this.connection;
    return { bytesIn: bytesRead - this.#before.in, bytesOut: bytesWritten - this.#before.out, masked: this.masked };
  }

  override leave(): void {
    if (!this.switching) super.leave();
  }

  invite(): void {
    this.#invited = true;
    if (this.#waits && !this.gone) this.connection.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
  }

  informational({ status, headers }: AnswerHead): void {
    if (this.#request.version === '1.0' || (status !== 102 && status !== 103)) return;
    // RFC 9110 section 8.6: it has none, and a caller that believes it takes the answer for its body.
    headers.remove('content-length');
    this.connection.write(writeHead(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, headers.raw), 'latin1');
  }

  head({ status, statusText, headers }: AnswerHead): void {
    // A step of a body that was given up may still come to its end.
    if (this.gone) return;
    const { version } = this.#request;
    const bodiless = this.bodiless || status === 204 || status === 304;
    const chunked = !bodiless && version === '1.1' && !headers.has('content-length');
    // Without a length and without chunks the end of the connection is the end of the answer.
    if (!bodiless && !chunked && !headers.has('content-length')) this.#lasts = false;
    if (chunked) headers.add('Transfer-Encoding', 'chunked');
    if (!this.#lasts) headers.add('Connection', 'close');
    this.begun = true;
    this.#writer = new MessageWriter(
      this.connection,
      writeHead(`HTTP/1.1 ${status} ${statusText}`, headers.raw),
      chunked,
    );
  }

  data(chunk: Buffer): boolean {
    this.bytesOut += chunk.length;
    this.#host.onMove();
    return this.#writer?.writeLent(chunk) ?? true;
  }

  /** One listener however often it is asked in one turn: the answer to many small pieces is the same. */
  onceWritable(resume: () => void): void {
    if (this.#onWritable === undefined) this.connection.once('drain', () => this.#drained());
    this.#onWritable = resume;
  }

  flush(): void {
    this.#writer?.flush();
  }

  end(trailers: HeaderList): void {
    // RFC 9110 section 6.5.1: a length that comes after what it is to measure.
    trailers.remove('content-length');
    this.#writer?.end(trailers.raw);
    this.finished = true;
  }

  /** The head of the 101 goes out; what follows is another protocol's. */
  switched({ headers }: AnswerHead, protocol: string): Socket {
    headers.remove('content-length');
    const fields = ['Connection', 'Upgrade', 'Upgrade', protocol, ...headers.raw];
    this.begun = true;
    this.switching = true;
    const socket = this.#host.handOver();
    this.#before = { in: socket.bytesRead, out: socket.bytesWritten };
    socket.write(writeHead('HTTP/1.1 101 Switching Protocols', fields), 'latin1');
    return socket;
  }

  refuse(refusal: Refusal, id: string): void {
    if (this.begun || this.gone) return;
    if (closes(refusal) || this.unread > readableRest) this.closeAfter();
    const text = refusalText(refusal, id, !this.lasts, this.tell);
    this.begun = true;
    // RFC 9110 section 9.3.2: an answer to HEAD ends with its head; a body would be read as the beginning of the next answer.
    const whole = this.bodiless ? text.slice(0, text.indexOf(headEnd) + headEnd.length) : text;
    this.connection.write(whole, 'latin1');
    this.finished = true;
  }

  #drained(): void {
    const resume = this.#onWritable;
    this.#onWritable = undefined;
    resume?.();
  }
}

/** After what is malformed nobody knows what comes next; whoever opened a connection that is revoked has to say anew who it is. */
function closes({ status, code }: Refusal): boolean {
  return status === 400 || code === 'caller_revoked' || code === 'overloaded';
}
