import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HeaderList } from '../core/header-list.js';
import type { Duplex } from 'node:stream';
import { Refusal } from '../core/refusal.js';
import type { Answer, AnswerHead } from '../upstream/answer.js';
import { joined } from './joined.js';

/** The caller's side of one exchange: writes the answer as it arrives, and knows when the caller has gone. */
export class CallerAnswer implements Answer {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly #upgrading: Socket | undefined;
  readonly #gone = new AbortController();
  #bytesOut = 0;
  #bytesIn = 0;
  #invited = false;

  /** `upgrading` is the connection of a request that asked for another protocol. */
  constructor(request: IncomingMessage, response: ServerResponse, upgrading?: Socket) {
    this.request = request;
    this.response = response;
    this.#upgrading = upgrading;
    response.sendDate = false;
    // A pipelined answer that waits for its turn has no connection yet, and is told nothing of its end.
    const { socket } = request;
    const onGone = (): void => this.#gone.abort(new Refusal('caller_gone'));
    socket.once('close', onGone);
    response.once('close', () => socket.off('close', onGone));
    response.once('close', () => {
      if (!response.writableFinished) this.#gone.abort(new Refusal('caller_gone'));
    });
    response.on('error', () => this.#gone.abort(new Refusal('caller_gone')));
  }

  /** Aborts when the caller has gone. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  get counted(): { bytesIn: number; bytesOut: number; masked: number } {
    return { bytesIn: this.#bytesIn, bytesOut: this.#bytesOut, masked: 0 };
  }

  /** Why the exchange failed: whatever follows from the caller's going away is that. */
  failure(error: unknown): unknown {
    return this.signal.aborted ? new Refusal('caller_gone', { cause: error }) : error;
  }

  /** Counts the body that is about to be read, and answers `Expect: 100-continue` once. */
  invite(idleTimeout: number): void {
    const { request, response } = this;
    // What waits here unread waits for the destination, not for the caller.
    const timer = setTimeout(() => {
      if (request.readableLength > 0) timer.refresh();
      else request.socket.destroy();
    }, idleTimeout).unref();
    const stop = (): void => clearTimeout(timer);
    response.once('close', stop);
    request
      .on('data', (chunk: Buffer) => {
        this.#bytesIn += chunk.length;
        timer.refresh();
      })
      .once('close', stop)
      .pause();
    if (this.#invited || !/^100-continue$/i.test(this.request.headers.expect ?? '')) return;
    this.#invited = true;
    this.response.writeContinue();
  }

  informational(head: AnswerHead): void {
    if (this.request.httpVersion === '1.0' || this.response.headersSent) return;
    if (head.status === 102) this.response.writeProcessing();
    if (head.status === 103) this.#earlyHints(head.headers);
  }

  head({ status, statusText, headers }: AnswerHead): void {
    this.response.writeHead(status, statusText, headers.raw);
  }

  data(chunk: Buffer): boolean {
    this.#bytesOut += chunk.length;
    return this.response.write(chunk);
  }

  onceWritable(resume: () => void): void {
    this.response.once('drain', resume);
  }

  end(trailers: HeaderList): void {
    const pairs: [string, string][] = [];
    for (let i = 0; i < trailers.raw.length; i += 2) pairs.push([trailers.raw[i] ?? '', trailers.raw[i + 1] ?? '']);
    if (pairs.length > 0) this.response.addTrailers(pairs);
    this.response.end();
  }

  async switched({ headers }: AnswerHead, upstream: Duplex): Promise<void> {
    const socket = this.#upgrading;
    if (socket === undefined) throw new Refusal('destination_protocol');
    this.response.detachSocket(socket);
    const fields = ['Connection', 'Upgrade', 'Upgrade', 'websocket', ...headers.raw];
    const lines = fields.map((part, i) => (i % 2 === 0 ? `${part}: ` : `${part}\r\n`));
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`, 'latin1');
    await joined(socket, upstream);
    this.#bytesOut = socket.bytesWritten;
    this.#bytesIn = socket.bytesRead;
  }

  /** Node takes 103 only with a well-formed Link; a hint it cannot take is left out, as RFC 8297 allows. */
  #earlyHints(headers: HeaderList): void {
    const hints: Record<string, string | string[]> = {
      link: headers.all('link'),
    };
    for (let i = 0; i < headers.raw.length; i += 2)
      hints[(headers.raw[i] ?? '').toLowerCase()] ??= headers.raw[i + 1] ?? '';
    try {
      this.response.writeEarlyHints(hints);
    } catch {
      // The final answer follows; a hint is never needed.
    }
  }
}
