import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Deadline, Deadlines } from '../core/deadline.js';
import type { HeaderList } from '../core/header-list.js';
import type { Limits } from '../core/limits.js';
import { Refusal } from '../core/refusal.js';
import { answerFraming, type Framing } from '../http1/framing.js';
import { parseStatusHead } from '../http1/head.js';
import { MessageReader, type MessageSink } from '../http1/reader.js';
import { MessageWriter } from '../http1/writer.js';
import { sendBody } from './body.js';
import { ConnectionLost } from './connection-lost.js';
import { lastsOn } from './keep-alive.js';

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

interface Exchange {
  readonly sink: AnswerSink;
  readonly message: Message;
  sent: boolean;
  reusable: boolean;
}

export interface ConnectionOptions {
  readonly limits: Limits;
  readonly deadlines: Deadlines;
  /** Called when it can take the next request, and when it is over. */
  readonly onIdle: (connection: UpstreamConnection) => void;
  readonly onClose: (connection: UpstreamConnection) => void;
}

/** One HTTP/1.1 connection to a destination: one exchange at a time, never a second one behind an answer that is in doubt. */
export class UpstreamConnection implements MessageSink, Flow {
  /** Whether an exchange has ended well on it: only then can it have been closed in passing. */
  used = false;
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #reader: MessageReader;
  readonly #deadline: Deadline;
  #exchange: Exchange | undefined;
  #paused = false;
  #closed = false;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#reader = new MessageReader(this, { mostHeadBytes: options.limits.headerBytes, skipsEmptyLines: false });
    this.#deadline = options.deadlines.watch(() => this.abort(new Refusal('destination_timeout')));
    socket.on('data', this.#onBytes).on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose);
  }

  /** Begins an exchange. It is answered to `sink` alone, once it has returned. */
  send(message: Message, sink: AnswerSink): void {
    const { head, body, chunked, upgrade } = message;
    if (this.#closed) {
      queueMicrotask(() => sink.onFailure(new ConnectionLost()));
      return;
    }
    const exchange: Exchange = { sink, message, sent: body === undefined, reusable: !upgrade };
    this.#exchange = exchange;
    this.#deadline.set(this.#options.limits.responseTimeout);
    this.#reader.next();
    const writer = new MessageWriter(this.#socket, head, chunked);
    if (body === undefined) {
      writer.flush();
      return;
    }
    sendBody(body, writer, this.#socket, {
      onMove: () => this.#deadline.set(this.#options.limits.responseTimeout),
      onSent: () => (exchange.sent = true),
      onFailure: (error) => {
        if (this.#exchange === exchange) this.abort(error);
      },
    });
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
    this.#deadline.clear();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#deadline.set(this.#options.limits.responseIdleTimeout);
    this.#socket.resume();
  }

  abort(error: unknown): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#close();
    exchange?.sink.onFailure(error);
  }

  onHead(text: string): Framing | 'informational' | 'stop' {
    const exchange = this.#exchange as Exchange;
    const head = parseStatusHead(text);
    const { status, statusText, headers } = head;
    if (status === 101) return this.#switch(exchange, status, headers);
    if (status < 200) {
      answerFraming(head, exchange.message.method);
      exchange.sink.onHead(this, status, statusText, headers);
      return 'informational';
    }
    const framing = answerFraming(head, exchange.message.method);
    exchange.reusable &&= framing.kind !== 'until-close' && lastsOn(head);
    exchange.sink.onHead(this, status, statusText, headers);
    return framing;
  }

  onData(piece: Buffer): void {
    this.#exchange?.sink.onData(this, piece);
  }

  onEnd(trailers: string[]): void {
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    this.#exchange = undefined;
    // What came behind the answer nobody asked for, and a request that is still being sent has nobody to read it.
    const reusable = exchange.reusable && exchange.sent && !this.#closed;
    if (!reusable) this.#close();
    exchange.sink.onEnd(this, trailers);
    if (!reusable) return;
    this.used = true;
    this.resume();
    this.#deadline.set(this.#options.limits.upstreamKeepAliveTimeout);
    this.#options.onIdle(this);
  }

  /** The destination agreed to another protocol: the connection is no longer ours. */
  #switch(exchange: Exchange, status: number, headers: HeaderList): 'stop' {
    if (!exchange.message.upgrade) throw new Refusal('destination_protocol');
    this.#exchange = undefined;
    this.#closed = true;
    this.#deadline.close();
    const socket = this.#socket;
    socket.off('data', this.#onBytes).off('end', this.#onEnd).off('close', this.#onClose).pause();
    // What else came in this piece is known once the reader has let go of it.
    queueMicrotask(() => {
      const rest = this.#reader.takeRest();
      if (rest.length > 0) socket.unshift(rest);
      exchange.sink.onUpgrade(status, headers, socket);
    });
    this.#options.onClose(this);
    return 'stop';
  }

  readonly #onBytes = (bytes: Buffer): void => {
    const exchange = this.#exchange;
    if (exchange === undefined) {
      this.#close();
      return;
    }
    if (!this.#paused) this.#deadline.set(this.#options.limits.responseIdleTimeout);
    try {
      this.#reader.push(bytes);
    } catch (error) {
      this.abort(error);
    }
    if (this.#reader.hasRest) this.#close();
    exchange.sink.onTurn();
  };

  readonly #onEnd = (): void => {
    const exchange = this.#exchange;
    try {
      this.#reader.close();
      exchange?.sink.onTurn();
    } catch {
      this.#lost();
    }
    this.#close();
  };

  readonly #onError = (): void => this.#lost();

  readonly #onClose = (): void => this.#lost();

  #lost(): void {
    if (this.#exchange !== undefined) this.abort(new ConnectionLost());
    else this.#close();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#deadline.close();
    this.#socket.destroy();
    this.#options.onClose(this);
  }

  /** Ends it while it is idle. */
  end(): void {
    if (this.#exchange === undefined) this.#close();
  }
}
