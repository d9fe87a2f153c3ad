import type { Socket } from 'node:net';
import type { Deadlines } from '../core/deadline.js';
import type { Limits } from '../core/limits.js';
import { Refusal } from '../core/refusal.js';
import { UpstreamConnection } from './connection.js';
import { ConnectionLost } from './connection-lost.js';

interface Waiting {
  readonly timer: NodeJS.Timeout;
  readonly resolve: (connection: UpstreamConnection) => void;
  readonly reject: (error: unknown) => void;
}

/** The connections to one vetted address. The one used last is used first, so that the others may end. */
export class Pool {
  /** Milliseconds of a monotonic clock. */
  lastUsed = 0;
  readonly #dial: () => Promise<Socket>;
  readonly #limits: Limits;
  readonly #deadlines: Deadlines;
  readonly #idle: UpstreamConnection[] = [];
  readonly #waiting: Waiting[] = [];
  #open = 0;
  #closed = false;

  constructor(dial: () => Promise<Socket>, limits: Limits, deadlines: Deadlines) {
    this.#dial = dial;
    this.#limits = limits;
    this.#deadlines = deadlines;
  }

  /** A connection of one's own until it is idle again: at once where one is. Rejects with a `Refusal`. */
  acquire(): UpstreamConnection | Promise<UpstreamConnection> {
    this.lastUsed = performance.now();
    return this.#idle.pop() ?? this.fresh();
  }

  /** One that was not used before; where there are as many as there may be, the next that comes free. */
  async fresh(): Promise<UpstreamConnection> {
    if (this.#open >= this.#limits.upstreamConnections) return this.#wait();
    this.#open += 1;
    try {
      const socket = await this.#dial();
      // Its end has been told already, to nobody.
      if (socket.destroyed) throw new ConnectionLost();
      return this.#adopt(socket);
    } catch (error) {
      this.#open -= 1;
      this.#serveWaiting();
      throw error;
    }
  }

  /** Ends what is idle, and keeps nothing any more; what is under way or waits ends by itself. */
  retire(): void {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) connection.end();
  }

  /** The same, and whoever waits is refused. */
  close(): void {
    this.retire();
    for (let waiting = this.#nextWaiting(); waiting !== undefined; waiting = this.#nextWaiting())
      waiting.reject(new Refusal('draining'));
  }

  #wait(): Promise<UpstreamConnection> {
    return new Promise((resolve, reject: (error: unknown) => void) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new Refusal('destination_timeout'));
      }, this.#limits.responseTimeout);
      const waiting: Waiting = { timer, resolve, reject };
      this.#waiting.push(waiting);
    });
  }

  /** Whoever has waited longest, and waits no more. */
  #nextWaiting(): Waiting | undefined {
    const waiting = this.#waiting.shift();
    // Else it would run out while a connection is being opened for it, and take another one's place with it.
    clearTimeout(waiting?.timer);
    return waiting;
  }

  #adopt(socket: Socket): UpstreamConnection {
    return new UpstreamConnection(socket, {
      limits: this.#limits,
      deadlines: this.#deadlines,
      onIdle: (connection) => {
        const waiting = this.#nextWaiting();
        if (waiting !== undefined) waiting.resolve(connection);
        else if (this.#closed) connection.end();
        else this.#idle.push(connection);
      },
      onClose: (connection) => {
        this.#open -= 1;
        const at = this.#idle.indexOf(connection);
        if (at !== -1) this.#idle.splice(at, 1);
        this.#serveWaiting();
      },
    });
  }

  /** A place has come free: whoever waited longest gets a connection in it. */
  #serveWaiting(): void {
    const waiting = this.#nextWaiting();
    if (waiting !== undefined) this.fresh().then(waiting.resolve, waiting.reject);
  }
}
