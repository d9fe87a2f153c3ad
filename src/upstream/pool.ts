import type { Socket } from 'node:net';
import type { Deadlines } from '../core/deadline.js';
import type { Limits } from '../core/limits.js';
import { Refusal } from '../core/refusal.js';
import type { Carrier, Wanted } from './carrier.js';
import { UpstreamConnection } from './connection.js';
import { ConnectionLost } from './connection-lost.js';
import { ProtocolChoice, speaksHttp2, type Dial, type Protocol } from './protocol-choice.js';
import { UpstreamSession } from './session.js';

interface Waiting {
  readonly wanted: Wanted;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (carrier: Carrier) => void;
  readonly reject: (error: unknown) => void;
}

/** The connections to one vetted address. The one used last is used first, so that the others may end. */
export class Pool {
  /** Milliseconds of a monotonic clock. */
  lastUsed = 0;
  readonly #protocols: ProtocolChoice;
  readonly #limits: Limits;
  readonly #deadlines: Deadlines;
  readonly #idle: UpstreamConnection[] = [];
  readonly #sessions: UpstreamSession[] = [];
  readonly #waiting: Waiting[] = [];
  /** A connection is being opened that may become a session: it tells how many exchanges there is room for. */
  #opening: Promise<void> | undefined;
  #open = 0;
  #closed = false;

  constructor(dial: Dial, limits: Limits, deadlines: Deadlines) {
    this.#protocols = new ProtocolChoice(dial);
    this.#limits = limits;
    this.#deadlines = deadlines;
  }

  /** The right to one exchange: at once where there is room for it. Rejects with a `Refusal`. */
  acquire(wanted: Wanted): Carrier | Promise<Carrier> {
    this.lastUsed = performance.now();
    const known = this.#protocols.known(wanted);
    if (known === 'http/1.1') return this.#idle.pop() ?? this.fresh(wanted);
    return this.#sessionWithRoom() ?? this.#join(wanted);
  }

  /** One on a connection that was not used before; where there are as many as there may be, the next that comes free. */
  async fresh(wanted: Wanted): Promise<Carrier> {
    if (this.#isFull) this.#makeRoom(wanted);
    if (this.#isFull) return this.#wait(wanted);
    this.#open += 1;
    try {
      const socket = await this.#protocols.dial(wanted);
      // Its end has been told already, to nobody.
      if (socket.destroyed) throw new ConnectionLost();
      return speaksHttp2(socket) ? this.#adoptSession(socket).take() : this.#adopt(socket);
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
    for (const session of [...this.#sessions]) session.end();
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

  #sessionWithRoom(): UpstreamSession | undefined {
    return this.#sessions.find((session) => session.hasRoom)?.take();
  }

  /** Waits for what is being opened, and opens one only where that has no room: many at once would open one each. */
  async #join(wanted: Wanted): Promise<Carrier> {
    while (this.#opening !== undefined) {
      await this.#opening;
      const acquired = this.#acquiredNow(wanted);
      if (acquired !== undefined) return acquired;
    }
    // There it waits for its turn, as others do.
    if (this.#isFull) return this.fresh(wanted);
    const opened = this.fresh(wanted);
    this.#opening = opened
      .then((carrier) => (carrier instanceof UpstreamSession ? carrier.ready() : undefined))
      .finally(() => (this.#opening = undefined));
    // Who opens it is told; nobody else may be there.
    this.#opening.catch(() => undefined);
    return opened;
  }

  /** Undefined where there is no room on a session. */
  #acquiredNow(wanted: Wanted): Carrier | Promise<Carrier> | undefined {
    if (this.#protocols.known(wanted) === 'http/1.1') return this.#idle.pop() ?? this.fresh(wanted);
    return this.#sessionWithRoom();
  }

  /** What is idle and of no use to it makes way for it. */
  #makeRoom(wanted: Wanted): void {
    if (this.#protocols.known(wanted) !== 'http/1.1') this.#idle[0]?.end();
    else this.#sessions.find(({ idle }) => idle)?.end();
  }

  #wait(wanted: Wanted): Promise<Carrier> {
    return new Promise((resolve, reject: (error: unknown) => void) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new Refusal('destination_timeout'));
      }, this.#limits.responseTimeout);
      const waiting: Waiting = { wanted, timer, resolve, reject };
      this.#waiting.push(waiting);
    });
  }

  /** Whoever has waited longest, of those that this protocol serves, and waits no more. */
  #nextWaiting(protocol?: Protocol): Waiting | undefined {
    const at = this.#waiting.findIndex(
      ({ wanted }) => protocol === undefined || (this.#protocols.known(wanted) ?? 'h2') === protocol,
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

  #adoptSession(socket: Socket): UpstreamSession {
    const session = new UpstreamSession(socket, {
      limits: this.#limits,
      deadlines: this.#deadlines,
      onRoom: () => {
        while (session.hasRoom) {
          const waiting = this.#nextWaiting('h2');
          if (waiting === undefined) break;
          waiting.resolve(session.take());
        }
        if (this.#closed || this.#waiting.length > 0) session.end();
      },
      onClose: () => {
        this.#open -= 1;
        this.#sessions.splice(this.#sessions.indexOf(session), 1);
        this.#serveWaiting();
      },
      onHttp1Required: () => this.#protocols.learn('http/1.1'),
    });
    this.#sessions.push(session);
    return session;
  }

  /** A place has come free: whoever waited longest gets a connection in it. */
  #serveWaiting(): void {
    const waiting = this.#nextWaiting();
    if (waiting !== undefined) this.fresh(waiting.wanted).then(waiting.resolve, waiting.reject);
  }
}
