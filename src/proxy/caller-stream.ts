import type { ServerHttp2Stream } from 'node:http2';
import type { Readable } from 'node:stream';
import type { Deadline } from '../core/deadline.js';
import { Refusal } from '../core/refusal.js';
import { fieldsFrom } from '../http2/fields.js';
import { openRequest, type CallerRequest } from './caller-request.js';
import type { ConnectionHost } from './connection-host.js';
import { serveHeld } from './held-request.js';
import { Http2Answer } from './http2-answer.js';
import { readHttp2Head } from './http2-request.js';
import type { Passage } from './passage.js';
import { patience } from './patience.js';

/** RFC 9113 section 7. */
const noError = 0x0;
const internalError = 0x2;
const cancel = 0x8;

/** Milliseconds. */
const restInterval = 50;

/** One stream of a caller's session: a request, its body as it comes, and its answer. */
export class CallerStream {
  readonly #stream: ServerHttp2Stream;
  readonly #passage: Passage;
  readonly #host: ConnectionHost;
  readonly #request: CallerRequest;
  readonly #answer: Http2Answer;
  readonly #deadline: Deadline;
  readonly #body: Readable | undefined;
  /** Nothing of the request is missing. */
  #ended: boolean;

  /** `raw` is its header section as Node hands it over; `onRevoked` is told where whoever opened the session is not known any more. */
  constructor(
    stream: ServerHttp2Stream,
    raw: readonly string[],
    { passage, host, onRevoked }: { passage: Passage; host: ConnectionHost; onRevoked: () => void },
  ) {
    const { limits } = host.current();
    this.#stream = stream;
    // What is refused on one stream closes none of the others.
    this.#passage = { ...passage };
    this.#host = host;
    this.#ended = stream.endAfterHeaders;
    const bounds = { scheme: passage.tunnel?.scheme, mostBytes: limits.headerBytes };
    const head = readHttp2Head(raw, !this.#ended, bounds);
    this.#request = openRequest(head, head.framing, () => this.#onWanted());
    this.#body = this.#request.body;
    this.#answer = new Http2Answer(this.#request, stream, {
      onMove: () => this.#touch(),
      onSent: () => setImmediate(() => this.#refuseRest()),
      onRevoked,
    });
    this.#deadline = host.deadlines.watch(() => stream.close(cancel));
    stream
      .on('data', (piece: Buffer) => this.#onData(piece))
      .once('trailers', (_fields, _flags, raw?: string[]) => this.#onTrailers(raw ?? []))
      .once('end', () => this.#onEnd())
      .once('aborted', () => this.#leave())
      .once('close', () => this.#onClose());
  }

  /** Resolves when the request is over; its answer may still be on its way. */
  async serve(): Promise<void> {
    this.#touch();
    try {
      await serveHeld(this.#host.current(), this.#passage, this.#request, this.#answer);
    } finally {
      // In the middle of an answer: never by an end that could be taken for that of the whole.
      if (!this.#answer.finished) this.#stream.close(internalError);
    }
  }

  #onData(piece: Buffer): void {
    this.#answer.countIn(piece.length);
    this.#touch();
    if (this.#body === undefined || this.#body.destroyed || this.#body.push(piece)) return;
    this.#stream.pause();
  }

  /** They come before the end of the body is told. */
  #onTrailers(raw: readonly string[]): void {
    this.#request.trailers.raw.push(...fieldsFrom(raw).raw);
  }

  /** Node ends a stream that was reset as well: only before it is closed is it the end of the body. */
  #onEnd(): void {
    if (this.#stream.closed) {
      this.#leave();
      return;
    }
    this.#ended = true;
    if (this.#body?.destroyed === false) this.#body.push(null);
    this.#touch();
  }

  /**
   * RFC 9113 section 8.1: who has its answer need not send the rest of its request. A reset overtakes the end of the answer where that
   * waits for the connection, and nothing tells when it has gone out.
   */
  #refuseRest(): void {
    if (this.#ended || this.#stream.closed) return;
    if (this.#stream.state.localClose === 1) this.#stream.close(noError);
    else setTimeout(() => this.#refuseRest(), restInterval).unref();
  }

  #onClose(): void {
    this.#deadline.close();
    this.#leave();
  }

  #leave(): void {
    if (!this.#ended) this.#body?.destroy(new Refusal('caller_gone'));
    if (!this.#answer.finished) this.#answer.leave();
  }

  /** There is room for more of the body. */
  #onWanted(): void {
    if (!this.#stream.isPaused()) return;
    this.#stream.resume();
    this.#touch();
  }

  /** Something moved. */
  #touch(): void {
    const waited = !this.#ended && !this.#stream.isPaused();
    this.#deadline.set(patience(this.#host.current().limits, waited, this.#answer.begun));
  }
}
