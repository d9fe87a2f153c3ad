import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Deadline } from '../core/deadline.js';
import type { Framing } from '../http1/framing.js';
import { parseRequestHead } from '../http1/head.js';
import { lastsOn } from '../http1/keep-alive.js';
import { Malformed } from '../http1/malformed.js';
import { MessageReader, type MessageSink } from '../http1/reader.js';
import { Http1Answer, type AnswerConnection, type Exchange } from './http1-answer.js';
import { framingOf, isWebSocketHandshake, malformedRefusal, mostBytesOf, openRequest } from './caller-request.js';
import type { ConnectionHost } from './connection-host.js';
import { cutOff, endGently, refuseSocket } from './ending.js';
import { watchHalfClosed } from './half-closed.js';
import { serveHeld } from './held-request.js';
import type { Passage } from './passage.js';
import { patience, patienceBetween } from './patience.js';

/**
 * One HTTP/1.1 connection from a caller, on a listener or inside a tunnel. Requests are served one after the other: what is pipelined
 * waits unread and the caller is held back, so that a connection costs what one request costs.
 */
export class CallerConnection implements MessageSink {
  readonly #socket: Socket;
  readonly #passage: Passage;
  readonly #host: ConnectionHost;
  readonly #reader: MessageReader;
  readonly #deadline: Deadline;
  /** A request whose head was read in this turn, and the one that is being served. */
  #begun: Exchange | undefined;
  #serving: Exchange | undefined;
  /** Where the body of the request goes that is being read. */
  #body: Readable | undefined;
  /** Nothing of the message that was read last is missing. */
  #ended = true;
  /** The rest of a request that was answered early is being read over. */
  #readsOver = false;
  /** Nothing has come since the last answer. */
  #idle = true;
  #closing = false;
  readonly #answering: AnswerConnection = {
    onMove: () => this.#touch(),
    unread: (request) => (this.#ended ? 0 : mostBytesOf(request)),
    handOver: () => this.#handOver(),
  };
  /** Stops looking whether a caller that waits so is still there. */
  #unwatch: (() => void) | undefined;

  constructor(socket: Socket, passage: Passage, host: ConnectionHost) {
    this.#socket = socket;
    this.#passage = passage;
    this.#host = host;
    this.#reader = new MessageReader(this, { mostHeadBytes: host.current().limits.headerBytes, skipsEmptyLines: true });
    this.#deadline = host.deadlines.watch(() => socket.destroy());
    this.#deadline.set(host.current().limits.headersTimeout);
    host.connections.add(this);
    // Its end is told by 'close'; an error that nobody listens for would end the process.
    socket
      .on('error', () => undefined)
      .on('data', this.#onBytes)
      .on('end', this.#onEof)
      .on('close', this.#leave);
    this.#advance();
    // One that is given back was paused.
    socket.resume();
  }

  /** The proxy is about to stop: ends now where nothing is under way, else with the answer that is. */
  drain(): void {
    this.#closing = true;
    if (this.#serving !== undefined) this.#serving.answer.closeAfter();
    else if (this.#idle) this.#end();
  }

  onHead(text: string): Framing | 'stop' {
    const head = parseRequestHead(text);
    if (head.method === 'CONNECT') {
      this.#ended = false;
      this.#letGo();
      // What else came in this piece is known once the reader has let go of it.
      queueMicrotask(() => this.#host.onConnect(head, this.#socket, this.#passage, this.#reader.takeRest()));
      return 'stop';
    }
    const framing = framingOf(head);
    const request = openRequest(head, framing, this.#onWanted);
    this.#ended = false;
    this.#body = request.body;
    const lasts = lastsOn(head) && !(framing instanceof Malformed) && !isWebSocketHandshake(head) && !this.#closing;
    this.#begun = { request, answer: new Http1Answer(request, this.#socket, lasts, this.#answering) };
    return framing instanceof Malformed ? { kind: 'none' } : framing;
  }

  onData(piece: Buffer): void {
    (this.#serving ?? this.#begun)?.answer.countIn(piece.length);
    if (this.#body === undefined || this.#body.destroyed || this.#body.push(piece)) return;
    this.#socket.pause();
  }

  onEnd(trailers: string[]): void {
    if (trailers.length > 2 * this.#host.current().limits.headerCount)
      throw new Malformed('too-large', 'the trailer section has too many fields');
    (this.#serving ?? this.#begun)?.request.trailers.raw.push(...trailers);
    if (this.#body?.destroyed === false) this.#body.push(null);
    this.#body = undefined;
    this.#ended = true;
  }

  readonly #onBytes = (bytes: Buffer): void => {
    if (this.#serving !== undefined) this.#touch();
    else if (this.#idle) this.#deadline.set(this.#host.current().limits.headersTimeout);
    this.#idle = false;
    if (this.#read(() => this.#reader.push(bytes))) this.#advance();
  };

  /** Serves what has been read, else lets the next request be read where the last one is over. */
  #advance(): void {
    const free = this.#begun === undefined && this.#serving === undefined && this.#ended;
    if (free && this.#readsOver) {
      this.#next();
      return;
    }
    if (free && !this.#read(() => this.#reader.next())) return;
    const begun = this.#begun;
    if (begun !== undefined) {
      this.#begun = undefined;
      this.#serving = begun;
      this.#touch();
      serveHeld(this.#host.current(), this.#passage, begun.request, begun.answer).then(
        () => this.#onServed(begun.answer),
        () => this.#cut(),
      );
    }
    if (this.#serving !== undefined && this.#ended && this.#reader.hasRest) this.#socket.pause();
    if (free && this.#socket.readableEnded) this.#onEof();
  }

  #onServed(answer: Http1Answer): void {
    if (answer.switching || this.#socket.writableEnded) return;
    if (!answer.finished) this.#cut();
    else if (!answer.lasts || this.#passage.closed === true) this.#end();
    // Who sends requests and reads no answers is held back, and cut when the time is over.
    else if (this.#socket.writableNeedDrain) this.#socket.once('drain', () => this.#onServed(answer));
    else this.#next();
  }

  /** The next request may be read. Whoever answered early has left a rest of the last one, which is read over. */
  #next(): void {
    this.#serving = undefined;
    if (this.#closing) {
      this.#end();
      return;
    }
    this.#readsOver = !this.#ended;
    this.#idle = this.#ended && !this.#reader.hasRest;
    this.#deadline.set(patienceBetween(this.#host.current().limits, this.#idle, this.#ended));
    this.#body?.destroy();
    this.#socket.resume();
    this.#advance();
  }

  /** False where what was read is no HTTP/1.1: then nothing more is read. */
  #read(step: () => void): boolean {
    try {
      step();
      return true;
    } catch (error) {
      this.#onMalformed(error);
      return false;
    }
  }

  /** In a body it ends the request that is being served; elsewhere nobody knows whose it was, or where the next would begin. */
  #onMalformed(error: unknown): void {
    const refusal = malformedRefusal(error);
    // The request that it belongs to has had its answer, and a second one would be taken for that of the next.
    const answered = this.#readsOver && !this.#ended;
    this.#begun = undefined;
    this.#socket.off('data', this.#onBytes).resume();
    if (this.#serving !== undefined) {
      this.#passage.closed = true;
      this.#serving.answer.closeAfter();
      this.#body?.destroy(refusal);
      return;
    }
    this.#host.current().audit.noise(refusal.code, this.#passage.clientAddress);
    this.#letGo();
    if (answered) endGently(this.#socket);
    else if (this.#passage.closed === true) this.#socket.destroy();
    else refuseSocket(this.#socket, randomUUID(), refusal);
    this.#passage.closed = true;
  }

  /** Behind a whole request its answer may still be waited for (docs/decisions/0019); inside one no half of an answer is to look whole. */
  readonly #onEof = (): void => {
    if (this.#serving === undefined) {
      if (this.#reader.inMessage) this.#onMalformed(new Malformed('framing', 'the end stands inside a request'));
      else this.#end();
    } else if (this.#ended) {
      this.#unwatch ??= watchHalfClosed(this.#passage.transport);
      if (!this.#reader.hasRest) this.#serving.answer.closeAfter();
    } else if (this.#serving.answer.begun && !this.#serving.answer.finished) this.#cut();
    else {
      this.#leave();
      this.#end();
    }
  };

  readonly #leave = (): void => {
    this.#letGo();
    this.#body?.destroy();
    this.#serving?.answer.leave();
  };

  /** There is room for more of the body. */
  readonly #onWanted = (): void => {
    if (!this.#socket.isPaused()) return;
    this.#socket.resume();
    this.#touch();
  };

  /** Something moved. */
  #touch(): void {
    const waited = !this.#ended && !this.#socket.isPaused();
    this.#deadline.set(patience(this.#host.current().limits, waited, this.#serving?.answer.begun === true));
  }

  #handOver(): Socket {
    this.#letGo();
    const rest = this.#reader.takeRest();
    if (rest.length > 0) this.#socket.unshift(rest);
    return this.#socket.setTimeout(this.#host.current().limits.tunnelIdleTimeout, () => this.#socket.destroy());
  }

  #letGo(): void {
    this.#deadline.close();
    this.#unwatch?.();
    this.#host.connections.delete(this);
    this.#socket.off('data', this.#onBytes).off('end', this.#onEof).pause();
  }

  #end(): void {
    this.#letGo();
    endGently(this.#socket, this.#host.current().limits.responseIdleTimeout);
  }

  #cut(): void {
    this.#letGo();
    cutOff(this.#socket);
  }
}
