import type { ClientHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Deadline, Deadlines } from '../core/deadline.js';

/** Servers of gRPC end a session that asks more often while nothing else moves on it; milliseconds. */
const leastBetween = 5 * 60 * 1000;

/**
 * Whether the other side of a session is still there while exchanges are under way. One that is not would take further ones with it
 * for as long as an answer may take: a peer that vanished, or an error in the protocol after which Node 20 (nghttp2 sends GOAWAY, and
 * reads no more) tells nobody of the end.
 */
export class SessionWatch {
  readonly #session: ClientHttp2Session;
  readonly #socket: Socket;
  readonly #deadline: Deadline;
  readonly #patience: number;
  readonly #onGone: () => void;
  #watching = false;
  #asking = false;
  /** Bytes that had come when it was looked at last. */
  #read = 0;
  #lastAsked = -Infinity;

  /** `patience`: milliseconds of silence before it is asked (PING, RFC 9113 section 6.7), and for its answer. */
  constructor(
    session: ClientHttp2Session,
    socket: Socket,
    { deadlines, patience }: { readonly deadlines: Deadlines; readonly patience: number },
    onGone: () => void,
  ) {
    this.#session = session;
    this.#socket = socket;
    this.#patience = patience;
    this.#onGone = onGone;
    this.#deadline = deadlines.watch(() => this.#look());
  }

  begin(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#read = this.#socket.bytesRead;
    this.#deadline.set(this.#patience);
  }

  pause(): void {
    this.#watching = false;
    this.#deadline.clear();
  }

  close(): void {
    this.#watching = false;
    this.#deadline.close();
  }

  #look(): void {
    const { bytesRead } = this.#socket;
    if (this.#asking) {
      this.#onGone();
      return;
    }
    this.#deadline.set(this.#patience);
    const silent = bytesRead === this.#read;
    this.#read = bytesRead;
    const now = performance.now();
    if (!silent || now - this.#lastAsked < leastBetween || this.#session.destroyed) return;
    this.#lastAsked = now;
    this.#asking = true;
    this.#session.ping((error: Error | null) => {
      if (error !== null) return;
      this.#asking = false;
      this.#read = this.#socket.bytesRead;
    });
  }
}
