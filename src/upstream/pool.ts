import type { Socket } from 'node:net';
import type { Deadlines } from '../core/deadline.js';
import type { Limits } from '../core/limits.js';
import { Refusal } from '../core/refusal.js';
import type { Carrier, Wanted } from './carrier.js';
import { UpstreamConnection } from './connection.js';
import { lossOf } from './connection-lost.js';
import { ProtocolChoice, speaksHttp2, type Dial, type Protocol } from './protocol-choice.js';
import { UpstreamSession } from './session.js';

/** Whose exchange it is: one that waits is let go when its caller goes. */
interface Waiter {
  readonly gone: boolean;
  onGone: (() => void) | undefined;
}

interface Waiting {
  readonly wanted: Wanted;
  readonly client: string;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (carrier: Carrier) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The connections to one vetted address. The one used last is used first, so that the others may end. One of HTTP/1.1 serves any client,
 * a session only its own: what is under way on it at once could be made to suffer by another (resets by the thousand, uploads that
 * nobody reads).
 */
export class Pool {
  /** Milliseconds of a monotonic clock. */
  lastUsed = 0;
  readonly #protocols: ProtocolChoice;
  readonly #limits: Limits;
  readonly #deadlines: Deadlines;
  readonly #idle: UpstreamConnection[] = [];
  readonly #sessions = new Map<UpstreamSession, string>();
  readonly #waiting: Waiting[] = [];
  /** By client: a connection is being opened that may become a session. It tells how many exchanges there is room for. */
  readonly #opening = new Map<string, Promise<void>>();
  #open = 0;
  #closed = false;

  constructor(dial: Dial, limits: Limits, deadlines: Deadlines) {
    this.#protocols = new ProtocolChoice(dial);
    this.#limits = limits;
    this.#deadlines = deadlines;
  }

  /** The right to one exchange: at once where there is room for it. Rejects with a `Refusal`. */
  acquire(wanted: Wanted, client: string, waiter: Waiter): Carrier | Promise<Carrier> {
    this.lastUsed = performance.now();
    return this.#acquiredNow(wanted, client, waiter) ?? this.#join(wanted, client, waiter);
  }

  /** One on a connection that was not used before; where there are as many as there may be, the next that comes free. */
  async fresh(wanted: Wanted, client: string, waiter?: Waiter): Promise<Carrier> {
    if (this.#isFull) this.#makeRoom(wanted);
    if (this.#isFull) return this.#wait(wanted, client, waiter);
    this.#open += 1;
    try {
      const socket = await this.#protocols.dial(wanted);
      // Its end has been told already, to nobody.
      if (socket.destroyed) throw lossOf(socket);
      return speaksHttp2(socket) ? this.#adoptSession(socket, client).take() : this.#adopt(socket);
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
    for (const session of [...this.#sessions.keys()]) session.end();
  }

  /** The same, and whoever waits is refused. */
  close(): void {
    this.retire();
    for (let waiting = this.#nextWaiting(); waiting !== undefined; waiting = this.#nextWaiting())
      waiting.reject(new Refusal('draining'));
  }

  get #isFull(): boolean {
    return this.#open >= this.#limits.upstreamConnections;
  }

  #sessionWithRoom(client: string): UpstreamSession | undefined {
    for (const [session, whose] of this.#sessions) if (whose === client && session.hasRoom) return session.take();
    return undefined;
  }

  /** Waits for what is being opened, and opens one only where that has no room: many at once would open one each. */
  async #join(wanted: Wanted, client: string, waiter: Waiter): Promise<Carrier> {
    for (let opening = this.#opening.get(client); opening !== undefined; opening = this.#opening.get(client)) {
      await opening;
      const acquired = this.#acquiredNow(wanted, client, waiter);
      if (acquired !== undefined) return acquired;
    }
    // There it waits for its turn, as others do.
    if (this.#isFull) return this.fresh(wanted, client, waiter);
    const opened = this.fresh(wanted, client, waiter);
    const opening = opened
      .then((carrier) => (carrier instanceof UpstreamSession ? carrier.ready() : undefined))
      .finally(() => this.#opening.delete(client));
    this.#opening.set(client, opening);
    // Who opens it is told; nobody else may be there.
    opening.catch(() => undefined);
    return opened;
  }

  /** Undefined where there is no room on a session. */
  #acquiredNow(wanted: Wanted, client: string, waiter: Waiter): Carrier | Promise<Carrier> | undefined {
    if (this.#protocols.known(wanted) === 'http/1.1') return this.#idle.pop() ?? this.fresh(wanted, client, waiter);
    return this.#sessionWithRoom(client);
  }

  /** What is idle and of no use to it makes way for it. */
  #makeRoom(wanted: Wanted): void {
    if (this.#protocols.known(wanted) !== 'http/1.1') this.#idle[0]?.end();
    for (const session of this.#sessions.keys()) {
      if (!this.#isFull) return;
      if (session.idle) session.end();
    }
  }

  #wait(wanted: Wanted, client: string, waiter: Waiter | undefined): Promise<Carrier> {
    return new Promise((resolve, reject: (error: unknown) => void) => {
      const giveUp = (refusal: Refusal): void => {
        clearTimeout(waiting.timer);
        const at = this.#waiting.indexOf(waiting);
        if (at === -1) return;
        this.#waiting.splice(at, 1);
        reject(refusal);
      };
      const timer = setTimeout(() => giveUp(new Refusal('destination_timeout')), this.#limits.responseTimeout);
      const waiting: Waiting = { wanted, client, timer, resolve, reject };
      this.#waiting.push(waiting);
      if (waiter !== undefined) waiter.onGone = () => giveUp(new Refusal('caller_gone'));
      if (waiter?.gone === true) giveUp(new Refusal('caller_gone'));
    });
  }

  /** Whoever has waited longest, of those whom this protocol, and a session of this client, serves; it waits no more. */
  #nextWaiting(protocol?: Protocol, whose?: string): Waiting | undefined {
    const at = this.#waiting.findIndex(
      ({ wanted, client }) =>
        (protocol === undefined || (this.#protocols.known(wanted) ?? 'h2') === protocol) &&
        (whose === undefined || client === whose),
    );
    if (at === -1) return undefined;
    const [waiting] = this.#waiting.splice(at, 1);
    // Else it would run out while a connection is being opened for it, and take another one's place with it.
    clearTimeout(waiting?.timer);
    return waiting;
  }

  #adopt(socket: Socket): UpstreamConnection {
    return new UpstreamConnection(socket, {
      limits: this.#limits,
      deadlines: this.#deadlines,
      onIdle: (connection) => {
        const waiting = this.#nextWaiting('http/1.1');
        if (waiting !== undefined) waiting.resolve(connection);
        else if (this.#closed || this.#waiting.length > 0) connection.end();
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

  #adoptSession(socket: Socket, client: string): UpstreamSession {
    const session = new UpstreamSession(socket, {
      limits: this.#limits,
      deadlines: this.#deadlines,
      onRoom: () => {
        while (session.hasRoom) {
          const waiting = this.#nextWaiting('h2', client);
          if (waiting === undefined) break;
          waiting.resolve(session.take());
        }
        if (this.#closed || this.#waiting.length > 0) session.end();
      },
      onClose: () => {
        this.#open -= 1;
        this.#sessions.delete(session);
        this.#serveWaiting();
      },
      onHttp1Required: () => this.#protocols.learn('http/1.1'),
    });
    this.#sessions.set(session, client);
    return session;
  }

  /** A place has come free: whoever waited longest gets a connection in it. */
  #serveWaiting(): void {
    const waiting = this.#nextWaiting();
    if (waiting !== undefined) this.fresh(waiting.wanted, waiting.client).then(waiting.resolve, waiting.reject);
  }
}
