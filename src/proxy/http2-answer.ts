import type { ServerHttp2Stream } from 'node:http2';
import { HeaderList } from '../core/header-list.js';
import { Refusal } from '../core/refusal.js';
import { fieldsTo, type Http2Fields } from '../http2/fields.js';
import type { AnswerHead } from '../upstream/answer.js';
import { CallerAnswer } from './answer.js';
import type { CallerRequest } from './caller-request.js';
import { grpcRefusal, isGrpc } from './grpc-refusal.js';

/** RFC 9113 section 7. */
const internalError = 0x2;

/** What an answer asks of its stream's session. */
export interface AnswerStream {
  /** Something was written. */
  onMove(): void;
  /** The end of the answer is on its way. */
  onSent(): void;
  /** Whoever opened the session has to say anew who it is. */
  onRevoked(): void;
}

/** An answer in HTTP/2, on a stream of its own. */
export class Http2Answer extends CallerAnswer {
  readonly connection: ServerHttp2Stream;
  readonly #request: CallerRequest;
  readonly #host: AnswerStream;
  /** What the request said before it was cleaned: that it waits to be invited, and that it is one of gRPC. */
  readonly #waits: boolean;
  readonly #isGrpc: boolean;
  /** The header section ended the stream. */
  #headOnly = false;
  #trailers = new HeaderList();
  #onWritable: (() => void) | undefined;

  constructor(request: CallerRequest, stream: ServerHttp2Stream, host: AnswerStream) {
    super();
    this.#request = request;
    this.connection = stream;
    this.#host = host;
    this.#waits = /^100-continue$/i.test(request.headers.first('expect') ?? '');
    this.#isGrpc = isGrpc(request.headers);
    stream.once('wantTrailers', () => this.#sendTrailers());
  }

  invite(): void {
    if (this.#waits && !this.#closed) this.connection.additionalHeaders({ ':status': 100 });
  }

  informational({ status, headers }: AnswerHead): void {
    if ((status !== 102 && status !== 103) || this.#closed) return;
    // RFC 9110 section 8.6.
    headers.remove('content-length');
    this.#write(() => this.connection.additionalHeaders({ ...fieldsTo(headers), ':status': status }));
  }

  head({ status, headers }: AnswerHead): void {
    const bodiless = this.#request.method === 'HEAD' || status === 204 || status === 304;
    // Trailers alone are an error of gRPC, and no error to its clients where the stream goes on behind them.
    const trailersOnly = headers.has('grpc-status') && isGrpc(headers);
    if (!this.#closed) this.#respond(status, fieldsTo(headers), bodiless || trailersOnly);
    this.begun = true;
  }

  data(chunk: Buffer): boolean {
    if (this.#headOnly) throw new Refusal('destination_protocol');
    this.bytesOut += chunk.length;
    this.#host.onMove();
    return this.#closed || this.connection.write(Buffer.from(chunk));
  }

  /** One listener however often it is asked in one turn. */
  onceWritable(resume: () => void): void {
    if (this.#onWritable === undefined) this.connection.once('drain', () => this.#drained());
    this.#onWritable = resume;
  }

  /** Node gathers what is written in one turn. */
  flush(): void {
    return undefined;
  }

  end(trailers: HeaderList): void {
    // RFC 9110 section 6.5.1: a length that comes after what it is to measure.
    trailers.remove('content-length');
    this.#trailers = trailers;
    this.finished = true;
    if (!this.#headOnly) this.connection.end();
  }

  /** RFC 9113 section 8.6: HTTP/2 has no Upgrade, so none was asked for. */
  switched(): never {
    throw new TypeError('a stream of HTTP/2 does not change its protocol');
  }

  refuse(refusal: Refusal, id: string): void {
    if (this.begun || this.gone) return;
    this.begun = true;
    this.finished = true;
    if (refusal.code === 'caller_revoked') this.#host.onRevoked();
    if (this.#closed) return;
    if (this.#isGrpc) {
      this.#respond(200, grpcRefusal(refusal, id), true);
      return;
    }
    const { body, fields } = this.tell(refusal, id);
    this.#respond(refusal.status, fieldsTo(new HeaderList(fields)), this.#request.method === 'HEAD');
    if (!this.#headOnly) this.connection.end(body);
  }

  get #closed(): boolean {
    return this.connection.closed || this.connection.destroyed;
  }

  /**
   * The stream ends where we say so, by trailers or by the lack of them, and never by itself: Node 24 ends one that is cut right behind
   * its last piece as if it were whole.
   */
  #respond(status: number, fields: Http2Fields, endStream: boolean): void {
    const stream = this.connection;
    const options = { endStream, waitForTrailers: !endStream, sendDate: false };
    this.#write(() => stream.respond({ ...fields, ':status': status }, options));
    this.#headOnly = endStream;
    if (endStream) this.#host.onSent();
  }

  #sendTrailers(): void {
    if (!this.finished || this.#closed) return;
    try {
      this.connection.sendTrailers(fieldsTo(this.#trailers));
      this.#host.onSent();
    } catch {
      // Fields that Node does not send, or a stream that has just gone: it does not end as if it were whole.
      this.connection.close(internalError);
    }
  }

  /** Node refuses what cannot be sent: a field that may stand once and stands twice, a status that is none. */
  #write(step: () => void): void {
    try {
      step();
    } catch (cause) {
      throw new Refusal('destination_protocol', { cause });
    }
  }

  #drained(): void {
    const resume = this.#onWritable;
    this.#onWritable = undefined;
    resume?.();
  }
}
