import type { Socket } from 'node:net';
import type { Deadline, Deadlines } from '../core/deadline.js';
import type { HeaderList } from '../core/header-list.js';
import type { Limits } from '../core/limits.js';
import { Refusal } from '../core/refusal.js';
import { answerFraming, type Framing } from '../http1/framing.js';
import { parseStatusHead } from '../http1/head.js';
import { Malformed } from '../http1/malformed.js';
import { MessageReader, type MessageSink } from '../http1/reader.js';
import { requestLine, writeHead } from '../http1/write.js';
import { MessageWriter } from '../http1/writer.js';
import { takeReads } from '../net/lent-reads.js';
import { sendBody } from './body.js';
import type { Carrier } from './carrier.js';
import { lossOf } from './connection-lost.js';
import type { AnswerSink, Flow, Message } from './exchange.js';
import { lastsOn } from '../http1/keep-alive.js';

interface Exchange {
  readonly sink: AnswerSink;
  readonly message: Message;
  /** Stops sending the body. */
  stop?: () => void;
  sent: boolean;
  reusable: boolean;
  /** Something has come since it began: whatever follows, the destination has had the request. */
  begun: boolean;
}

export interface ConnectionOptions {
  readonly limits: Limits;
  readonly deadlines: Deadlines;
  /** Called when it can take the next request, and when it is over. */
  readonly onIdle: (connection: UpstreamConnection) => void;
  readonly onClose: (connection: UpstreamConnection) => void;
}

/** One HTTP/1.1 connection to a destination: one exchange at a time, never a second one behind an answer that is in doubt. */
export class UpstreamConnection implements Carrier, MessageSink, Flow {
  used = false;
  closed = false;
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #reader: MessageReader;
  readonly #deadline: Deadline;
  readonly #stopReading: () => void;
  #exchange: Exchange | undefined;
  #paused = false;
  /** The destination has agreed to another protocol: hands the socket on. */
  #onSwitched: (() => void) | undefined;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#reader = new MessageReader(this, { mostHeadBytes: options.limits.headerBytes, skipsEmptyLines: false });
    this.#deadline = options.deadlines.watch(() => this.abort(new Refusal('destination_timeout')));
    this.#stopReading = takeReads(socket, this.#onBytes);
    socket.on('end', this.#onEnd).on('error', this.#onClose).on('close', this.#onClose);
  }

  send(message: Message, sink: AnswerSink): Flow {
    const { body, trailers, chunked, upgrade } = message;
    if (this.closed) {
      sink.onFailure(lossOf(this.#socket));
      return this;
    }
    const exchange: Exchange = {
      sink,
      message,
      sent: body === undefined,
      reusable: upgrade === undefined,
      begun: false,
    };
    this.#exchange = exchange;
    this.#deadline.set(this.#options.limits.responseTimeout);
    this.#reader.next();
    const writer = new MessageWriter(this.#socket, headOf(message), chunked);
    if (body === undefined) {
      writer.flush();
      return this;
    }
    exchange.stop = sendBody(body, trailers, writer, this.#socket, {
      onMove: () => {
        if (!this.#paused) this.#deadline.set(this.#options.limits.responseTimeout);
      },
      onSent: () => (exchange.sent = true),
      onFailure: (error) => {
        if (this.#exchange === exchange) this.abort(error);
      },
    });
    return this;
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
    exchange?.stop?.();
    this.#close();
    exchange?.sink.onFailure(error);
  }

  onHead(text: string): Framing | 'informational' | 'stop' {
    const exchange = this.#exchange;
    // Given up while an informational answer was passed on.
    if (exchange === undefined) return 'stop';
    const head = parseStatusHead(text);
    const { status, statusText, headers } = head;
    if (status === 101) return this.#switch(exchange, status, headers);
    if (status < 200) {
      answerFraming(head, exchange.message.method);
      // RFC 9112 section 9.6: what is said here of the connection holds for it, not for the informational answer alone.
      exchange.reusable &&= lastsOn(head);
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
    // Before the exchange is forgotten: what is thrown here is its failure.
    exchange.sink.onEnd(this, trailers);
    this.#exchange = undefined;
    if (!exchange.sent) exchange.stop?.();
    // A request that is still being sent has nobody to read it.
    if (!exchange.reusable || !exchange.sent) this.#close();
    // All of it has come: who reads it slowly no longer holds anything back.
    else this.resume();
    this.used = true;
  }

  /** The destination agreed to another protocol: the connection is no longer ours. */
  #switch(exchange: Exchange, status: number, headers: HeaderList): 'stop' {
    if (exchange.message.upgrade === undefined) throw new Refusal('destination_protocol');
    this.#exchange = undefined;
    this.closed = true;
    this.#deadline.close();
    const socket = this.#socket;
    this.#stopReading();
    socket.off('end', this.#onEnd).off('close', this.#onClose).pause();
    this.#onSwitched = () => {
      const rest = this.#reader.takeRest();
      if (rest.length > 0) socket.unshift(rest);
      exchange.sink.onUpgrade(status, headers, socket);
    };
    this.#options.onClose(this);
    return 'stop';
  }

  readonly #onBytes = (bytes: Buffer): void => {
    const exchange = this.#exchange;
    if (exchange === undefined) {
      this.#close();
      return;
    }
    exchange.begun = true;
    if (!this.#paused) this.#deadline.set(this.#options.limits.responseIdleTimeout);
    try {
      this.#reader.push(bytes);
      // Now: once the loop turns, the end of the connection may have been told, and nothing can be put back any more.
      this.#onSwitched?.();
    } catch (error) {
      this.abort(error);
      this.#socket.destroy();
      exchange.sink.onFailure(error);
    }
    exchange.sink.onTurn();
    if (this.#exchange !== undefined || this.closed) return;
    // What came behind the answer nobody asked for.
    if (this.#reader.hasRest) this.#close();
    else this.#rest();
  };

  /** The answer has ended, and another request may follow it. */
  #rest(): void {
    this.#deadline.set(this.#options.limits.upstreamKeepAliveTimeout);
    this.#options.onIdle(this);
  }

  readonly #onEnd = (): void => {
    const exchange = this.#exchange;
    try {
      this.#reader.close();
      exchange?.sink.onTurn();
    } catch (error) {
      this.abort(error);
    }
    this.#onClose();
  };

  readonly #onClose = (): void => {
    const begun = this.#exchange?.begun === true;
    this.abort(begun ? new Malformed('framing', 'the connection ended inside an answer') : lossOf(this.#socket));
  };

  #close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#deadline.close();
    this.#socket.destroy();
    this.#options.onClose(this);
  }

  /** Ends it while it is idle. */
  end(): void {
    if (this.#exchange === undefined) this.#close();
  }

  release(): void {
    if (this.#exchange === undefined && !this.closed) this.#rest();
  }
}

/** Request line and header section. */
function headOf({ method, path, host, headers, chunked, upgrade }: Message): string {
  const own = ['host', host];
  if (upgrade !== undefined) own.push('connection', 'upgrade', 'upgrade', upgrade);
  const fields = own.concat(headers.raw);
  if (chunked) fields.push('transfer-encoding', 'chunked');
  return writeHead(requestLine(method, path), fields);
}
