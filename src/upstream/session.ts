import type { ClientHttp2Session, ClientHttp2Stream, SecureClientSessionOptions, Settings } from 'node:http2';
import type { Socket } from 'node:net';
import type { Deadline, Deadlines } from '../core/deadline.js';
import type { Limits } from '../core/limits.js';
import { Refusal } from '../core/refusal.js';
import { Malformed } from '../http1/malformed.js';
import { http2 } from '../net/http2.js';
import type { Carrier } from './carrier.js';
import { ConnectionLost, lossOf } from './connection-lost.js';
import type { AnswerSink, Flow, Message } from './exchange.js';
import { SessionExchange } from './session-exchange.js';
import { sessionRequest } from './session-request.js';
import { SessionWatch } from './session-watch.js';
import { Unprocessed } from './unprocessed.js';

/** Exchanges on one session at most, however many the destination would take. */
const mostExchanges = 100;
/** Origins that a destination may name (RFC 8336): Node keeps them all, and we use none. */
const mostOrigins = 1000;

export interface SessionOptions {
  readonly limits: Limits;
  readonly deadlines: Deadlines;
  /** Called when it can take a further exchange, or has none any more, and when it is over. */
  readonly onRoom: (session: UpstreamSession) => void;
  readonly onClose: (session: UpstreamSession) => void;
  /** The destination wants HTTP/1.1 (RFC 9113 section 7). */
  readonly onHttp1Required: () => void;
}

/** One HTTP/2 connection to a destination: many exchanges at once, of which none holds up another. */
export class UpstreamSession implements Carrier {
  used = false;
  closed = false;
  readonly #socket: Socket;
  readonly #session: ClientHttp2Session;
  readonly #options: SessionOptions;
  readonly #deadline: Deadline;
  readonly #watch: SessionWatch;
  /** Until the destination has said how many it takes. */
  #most = 1;
  #taken = 0;
  #settled = false;
  #over = false;
  #origins = 0;
  /** No later stream was processed. */
  #lastStream = Infinity;
  #onReady: { resolve: () => void; reject: (error: unknown) => void } | undefined;

  constructor(socket: Socket, options: SessionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#deadline = options.deadlines.watch(() => this.#end(new Refusal('destination_timeout')));
    this.#deadline.set(options.limits.connectTimeout);
    // The address is asked for by nobody: each request brings its own.
    this.#session = http2()
      .connect('https://destination.invalid', { ...settingsFor(options.limits), createConnection: () => socket })
      .on('connect', () => this.#onConnect())
      .on('remoteSettings', ({ maxConcurrentStreams = mostExchanges }: Settings) =>
        this.#onSettings(maxConcurrentStreams),
      )
      .on('goaway', (code: number, lastStream: number) => this.#onGoaway(code, lastStream))
      .on('origin', (origins: readonly string[]) => this.#onOrigins(origins.length))
      // Pushed in spite of our settings; Node alone would take it until they are acknowledged.
      .on('stream', () => this.#end(new ConnectionLost()))
      .on('error', () => this.#end(lossOf(socket)))
      .on('close', () => this.#end(lossOf(socket)));
    const watching = { deadlines: options.deadlines, patience: options.limits.connectTimeout };
    this.#watch = new SessionWatch(this.#session, socket, watching, () => this.#end(new ConnectionLost()));
  }

  /** Whether a further exchange can begin. */
  get hasRoom(): boolean {
    return !this.closed && this.#taken < this.#most;
  }

  get idle(): boolean {
    return this.#taken === 0;
  }

  /** Resolves when the destination has said how many exchanges it takes; rejects where the session ends before. */
  ready(): Promise<void> {
    if (this.#settled) return Promise.resolve();
    return new Promise((resolve, reject: (error: unknown) => void) => (this.#onReady = { resolve, reject }));
  }

  /** Takes the place of one exchange, for `send` or `release`. */
  take(): this {
    this.#taken += 1;
    if (this.#settled) this.#beBusy();
    return this;
  }

  send(message: Message, sink: AnswerSink): Flow {
    try {
      const fields = sessionRequest(message);
      if (this.closed || this.#session.closed || this.#session.destroyed) throw new Unprocessed();
      const stream = this.#request(fields, message);
      return new SessionExchange(stream, message, sink, {
        limits: this.#options.limits,
        deadlines: this.#options.deadlines,
        lossOf: (lost) => this.#lossOf(lost),
        onDone: (whole) => {
          if (whole) this.used = true;
          this.release();
        },
      });
    } catch (error) {
      this.release();
      sink.onFailure(error);
      return nothing;
    }
  }

  release(): void {
    this.#taken -= 1;
    if (this.#taken === 0) {
      if (this.closed) this.#end(new ConnectionLost());
      else if (this.#settled) this.#beIdle();
    }
    if (!this.closed) this.#options.onRoom(this);
  }

  /** Ends it while it is idle. */
  end(): void {
    if (this.#taken === 0) this.#end(new ConnectionLost());
  }

  #request(fields: ReturnType<typeof sessionRequest>, { body, chunked }: Message): ClientHttp2Stream {
    try {
      return this.#session.request(fields, { endStream: body === undefined, waitForTrailers: chunked });
    } catch (error) {
      // A field that may stand once and stands twice.
      throw new Refusal('bad_request', { cause: error });
    }
  }

  #onConnect(): void {
    // It may have been ended between being made and this.
    if (!this.#session.destroyed) this.#session.setLocalWindowSize(sessionWindow);
  }

  #onSettings(most: number): void {
    this.#most = Math.min(most, mostExchanges);
    if (!this.#settled) {
      this.#settled = true;
      if (this.idle) this.#beIdle();
      else this.#beBusy();
      this.#onReady?.resolve();
    }
    if (this.hasRoom) this.#options.onRoom(this);
  }

  #beBusy(): void {
    this.#deadline.clear();
    this.#watch.begin();
  }

  #beIdle(): void {
    this.#watch.pause();
    this.#deadline.set(this.#options.limits.upstreamKeepAliveTimeout);
  }

  /** RFC 9113 section 6.8: what is under way may end, and nothing begins on it any more. */
  #onGoaway(code: number, lastStream: number): void {
    this.closed = true;
    this.#lastStream = Math.min(this.#lastStream, lastStream);
    if (code === http2().constants.NGHTTP2_HTTP_1_1_REQUIRED) this.#options.onHttp1Required();
    this.end();
  }

  #onOrigins(count: number): void {
    this.#origins += count;
    if (this.#origins > mostOrigins) this.#end(new ConnectionLost());
  }

  #lossOf({ id, rstCode }: ClientHttp2Stream): unknown {
    const { NGHTTP2_HTTP_1_1_REQUIRED, NGHTTP2_REFUSED_STREAM } = http2().constants;
    if (rstCode === NGHTTP2_HTTP_1_1_REQUIRED) this.#options.onHttp1Required();
    const refused = rstCode === NGHTTP2_HTTP_1_1_REQUIRED || rstCode === NGHTTP2_REFUSED_STREAM;
    if (refused || id === undefined || id > this.#lastStream) return new Unprocessed();
    if (this.#session.destroyed) return lossOf(this.#socket);
    return new Malformed('framing', 'the destination reset the stream');
  }

  #end(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.closed = true;
    this.#deadline.close();
    this.#watch.close();
    this.#onReady?.reject(error);
    // What is under way fails: each stream is told of its end.
    this.#session.destroy();
    // Node would wait for the other side to read and to close.
    this.#socket.destroy();
    this.#options.onClose(this);
  }
}

const nothing: Flow = { pause: () => undefined, resume: () => undefined, abort: () => undefined };

/** What an answer can be ahead of a caller that reads slowly, bytes. One that is far away comes at this much for each round trip. */
const window = 256 * 1024;
/** What all of them can be on their way, bytes; what has come is given back at once, whether or not a caller has read it. */
const sessionWindow = 4 * 1024 * 1024;

function settingsFor({ headerBytes }: Limits): SecureClientSessionOptions {
  return {
    settings: { enablePush: false, initialWindowSize: window, maxHeaderListSize: headerBytes },
    // RFC 9113 section 6.5.2: a field counts as 32 bytes and its own.
    maxHeaderListPairs: Math.ceil(headerBytes / 32),
    // What a caller may send us goes on.
    maxSendHeaderBlockLength: 2 * headerBytes,
  };
}
