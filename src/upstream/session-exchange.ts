import type { ClientHttp2Stream } from 'node:http2';
import type { Deadline, Deadlines } from '../core/deadline.js';
import type { HeaderList } from '../core/header-list.js';
import type { Limits } from '../core/limits.js';
import { Refusal } from '../core/refusal.js';
import { Malformed } from '../http1/malformed.js';
import { STATUS_CODES } from '../net/http.js';
import { fieldsTo } from '../http2/fields.js';
import { http2 } from '../net/http2.js';
import { sendBody } from './body.js';
import type { AnswerSink, Flow, Message } from './exchange.js';
import { sessionFields, sessionHead } from './session-answer.js';

export interface ExchangeOptions {
  readonly limits: Limits;
  readonly deadlines: Deadlines;
  /** Why the stream has ended before anything of an answer came. */
  readonly lossOf: (stream: ClientHttp2Stream) => unknown;
  /** The exchange is over; `whole` where its answer has come to an end. */
  readonly onDone: (whole: boolean) => void;
}

/** One exchange on a session: a stream, from its request to the end of its answer. */
export class SessionExchange implements Flow {
  readonly #stream: ClientHttp2Stream;
  readonly #message: Message;
  readonly #sink: AnswerSink;
  readonly #options: ExchangeOptions;
  readonly #deadline: Deadline;
  #stopBody: (() => void) | undefined;
  #sent: boolean;
  #paused = false;
  /** Something of an answer has come: whatever follows, the destination has had the request. */
  #begun = false;
  /** END_STREAM has come: Node ends a stream that was reset in the same way. */
  #whole = false;
  /** What came while the answer was held back. */
  #held: Buffer[] = [];
  /** Nothing of the answer is left in the stream. */
  #taken = false;
  #ended = false;
  #over = false;
  #trailers: string[] = [];
  #turning = false;

  constructor(stream: ClientHttp2Stream, message: Message, sink: AnswerSink, options: ExchangeOptions) {
    this.#stream = stream;
    this.#message = message;
    this.#sink = sink;
    this.#options = options;
    this.#sent = message.body === undefined;
    this.#deadline = options.deadlines.watch(() => this.abort(new Refusal('destination_timeout')));
    this.#deadline.set(options.limits.responseTimeout);
    onEndOfStream(stream, () => this.#onWhole());
    stream
      .on('headers', (...told: unknown[]) => this.#onHead(told[2] as string[], false))
      .on('response', (...told: unknown[]) => this.#onHead(told[2] as string[], true))
      .on('trailers', (...told: unknown[]) => this.#onTrailers(told[2] as string[]))
      .on('aborted', () => this.#stopBody?.())
      .on('error', () => undefined) // 'close' follows
      .on('close', () => this.#onClose());
    if (message.body !== undefined) this.#send(message.body, message.trailers);
  }

  pause(): void {
    this.#paused = true;
    this.#stream.pause();
    this.#deadline.clear();
    if (this.#whole) this.#takeRest();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#deadline.set(this.#options.limits.responseIdleTimeout);
    for (let piece = this.#held.shift(); piece !== undefined; piece = this.#held.shift()) {
      this.#onData(piece);
      if (this.#isHeldBack()) return;
    }
    if (this.#ended) this.#finish();
    else this.#stream.resume();
  }

  abort(error: unknown): void {
    if (this.#over) return;
    this.#leave(false);
    this.#sink.onFailure(error);
  }

  #send(body: NonNullable<Message['body']>, trailers: HeaderList): void {
    const stream = this.#stream;
    const writer = {
      write: (piece: Buffer) => stream.write(piece),
      flush: () => undefined,
      end: () => void stream.end(),
    };
    // Where a length was stated there are none to wait for.
    stream.once('wantTrailers', () => this.#sendTrailers(trailers));
    this.#stopBody = sendBody(body, trailers, writer, stream, {
      onMove: () => {
        if (!this.#paused && !this.#over) this.#deadline.set(this.#options.limits.responseTimeout);
      },
      onSent: () => (this.#sent = true),
      onFailure: (error) => this.abort(error),
    });
  }

  /** The end of the request, with them or without. */
  #sendTrailers(trailers: HeaderList): void {
    try {
      this.#stream.sendTrailers(fieldsTo(trailers));
    } catch (cause) {
      // A field that may stand once and stands twice, or one that would break the section.
      this.abort(new Refusal('bad_request', { cause }));
    }
  }

  #onHead(raw: readonly string[], final: boolean): void {
    this.#step(() => {
      const { limits } = this.#options;
      const { status, headers } = sessionHead(raw, this.#message.method, limits.headerBytes);
      // An informational head that ends the stream, or a second final one.
      if (status < 200 === final) throw new Malformed('framing', 'heads of an answer come in no order');
      this.#sink.onHead(this, status, STATUS_CODES[status] ?? '', headers);
      // Not before: what comes with the head would be told before it.
      if (final) this.#stream.on('data', (piece: Buffer) => this.#onData(piece)).on('end', () => this.#onEnd());
    });
  }

  #onData(piece: Buffer): void {
    if (this.#paused) this.#held.push(piece);
    else this.#step(() => this.#sink.onData(this, piece));
  }

  #onTrailers(raw: readonly string[]): void {
    this.#step(() => (this.#trailers = sessionFields(raw, this.#options.limits.headerBytes).raw));
  }

  #onWhole(): void {
    this.#whole = true;
    if (this.#paused) this.#takeRest();
  }

  /** Out of the stream, which is gone with its session: servers close one that has nothing more to say. Each read is told as 'data'. */
  #takeRest(): void {
    while (this.#stream.read() !== null);
    this.#taken = true;
  }

  #onEnd(): void {
    this.#ended = this.#whole;
    if (!this.#whole) this.#onClose();
    else if (!this.#paused) this.#finish();
  }

  #onClose(): void {
    if (this.#over || this.#ended) return;
    if (this.#taken) this.#onEnd();
    else this.abort(this.#begun ? new Malformed('framing', 'a stream ended inside an answer') : this.#loss());
  }

  #loss(): unknown {
    return this.#options.lossOf(this.#stream);
  }

  #finish(): void {
    this.#step(() => {
      this.#sink.onEnd(this, this.#trailers);
      this.#leave(true);
    });
  }

  /** A step of the answer: what is thrown in it is the failure of the exchange. */
  #step(step: () => void): void {
    if (this.#over) return;
    this.#begun = true;
    if (!this.#paused) this.#deadline.set(this.#options.limits.responseIdleTimeout);
    try {
      step();
    } catch (error) {
      this.abort(error);
      return;
    }
    this.#turn();
  }

  /** Tells once of all that came at once. */
  #turn(): void {
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(() => {
      this.#turning = false;
      this.#sink.onTurn();
    });
  }

  #isHeldBack(): boolean {
    return this.#paused || this.#over;
  }

  #leave(whole: boolean): void {
    this.#over = true;
    this.#held = [];
    this.#deadline.close();
    if (!this.#sent) this.#stopBody?.();
    // A request that is still being sent has nobody to read it. The session lives on.
    if (!whole || !this.#sent) this.#stream.close(http2().constants.NGHTTP2_CANCEL);
    this.#options.onDone(whole);
  }
}

/**
 * Calls back when END_STREAM has come. Node ends the readable side alike for that and for a stream that was reset, but only for the
 * latter after it has closed it.
 */
function onEndOfStream(stream: ClientHttp2Stream, told: () => void): void {
  const push = stream.push.bind(stream);
  stream.push = (chunk, encoding): boolean => {
    const whole = chunk === null && !stream.closed;
    const room = push(chunk, encoding);
    if (whole) told();
    return room;
  };
}
