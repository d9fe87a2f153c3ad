import type { Socket } from 'node:net';
import { OwnAddresses } from '../net/own-addresses.js';
import { Admission } from './admission.js';
import { formatListenAddress, listenAt, type ListenAddress } from './listen.js';
import type { Listener } from './listener.js';
import type { Services } from './services.js';

/** A listener that a configuration asks for. */
export interface Wanted {
  readonly address: ListenAddress;
  /** Callers connect here: what they may not use up is counted. */
  readonly proxy: boolean;
  readonly create: () => Listener;
}

interface Open {
  readonly listener: Listener;
  readonly bound: ListenAddress;
  readonly proxy: boolean;
  readonly connections: Set<Socket>;
}

/** Listeners that are bound, and not yet in use. */
export interface Prepared {
  /** Where each of those wanted listens, in their order. */
  readonly bound: readonly ListenAddress[];
  /** Closes those that are not wanted any more; what is under way on them may take until `timeout`. */
  readonly commit: (timeout: number) => void;
  /** Closes those that were opened for it. */
  readonly abort: () => void;
}

/** Every listener and every connection of a proxy, and how they come and go. */
export class Listeners {
  readonly #current: () => Services;
  readonly #admission = new Admission();
  readonly #own = new OwnAddresses();
  #open = new Map<string, Open>();
  /** No longer listening, with connections that have not ended yet. */
  readonly #closing = new Set<Open>();

  constructor(current: () => Services) {
    this.#current = current;
  }

  /** Whether Keywright itself listens there: never a destination. */
  isOwn(address: string, port: number): boolean {
    return this.#own.isOwn(address, port);
  }

  /**
   * Binds those of `wanted` that are not open yet; what is open and still wanted stays as it is. All or nothing: throws the
   * `UsageError` of the first that cannot be bound.
   */
  async prepare(wanted: readonly Wanted[]): Promise<Prepared> {
    const next = new Map<string, Open>();
    const added: Open[] = [];
    const close = (open: Open): void => void this.#close(open, 0);
    try {
      for (const one of wanted) {
        const key = keyOf(one, next);
        const known = this.#open.get(key);
        const open = known ?? (await this.#listen(one));
        if (known === undefined) added.push(open);
        next.set(key, open);
      }
    } catch (error) {
      added.forEach(close);
      throw error;
    }
    return {
      bound: Array.from(next.values(), ({ bound }) => bound),
      commit: (timeout) => {
        const before = this.#open;
        this.#open = next;
        for (const [key, open] of before) if (!next.has(key)) void this.#close(open, timeout);
      },
      abort: () => added.forEach(close),
    };
  }

  /**
   * Takes no new connection from callers, closes each after its next answer, and after `timeout` whatever there is. Health is
   * told to the end: who watches over this process must not take it for hung.
   */
  async drain(timeout: number): Promise<void> {
    const closing = [...this.#open.values()].filter(({ proxy }) => proxy);
    const before = Array.from(this.#closing, ({ listener }) => {
      return new Promise((resolve) => listener.server.once('close', resolve));
    });
    await Promise.all([...before, ...closing.map((open) => this.#close(open, timeout))]);
  }

  /** Cuts every connection and closes every listener. */
  cut(): void {
    for (const open of [...this.#open.values(), ...this.#closing]) {
      open.listener.server.close();
      destroyAll(open);
    }
    this.#open = new Map();
  }

  async #listen({ address, proxy, create }: Wanted): Promise<Open> {
    const listener = create();
    const connections = new Set<Socket>();
    listener.server.prependListener('connection', (socket: Socket) => {
      if (proxy && !this.#admit(socket)) return;
      connections.add(socket);
      socket.once('close', () => connections.delete(socket));
    });
    const bound = await listenAt(listener.server, address);
    if (bound.transport === 'tcp') this.#own.add(bound.host, bound.port);
    return { listener, proxy, connections, bound };
  }

  /** A place for a connection from outside, or its end: no answer is owed to somebody who floods. */
  #admit(socket: Socket): boolean {
    const { limits, audit } = this.#current();
    const { remoteAddress } = socket;
    if (this.#admission.admit(remoteAddress, limits)) {
      socket.once('close', () => this.#admission.leave(remoteAddress));
      return true;
    }
    audit.noise('overloaded', remoteAddress ?? 'unix');
    socket.destroy();
    return false;
  }

  /** Stops listening at once; its connections end after what is under way, at the latest after `timeout` milliseconds. */
  async #close(open: Open, timeout: number): Promise<void> {
    this.#closing.add(open);
    const { bound } = open;
    if (bound.transport === 'tcp') this.#own.remove(bound.host, bound.port);
    const { listener } = open;
    const last = setTimeout(() => destroyAll(open), timeout);
    await new Promise((resolve) => {
      listener.server.close(resolve);
      listener.drain();
    });
    clearTimeout(last);
    this.#closing.delete(open);
  }
}

function destroyAll({ connections }: Open): void {
  for (const socket of connections) socket.destroy();
}

/** The same address may be asked for more than once: port 0 stands for another port each time. */
function keyOf({ address, proxy }: Wanted, taken: ReadonlyMap<string, Open>): string {
  const name = `${proxy ? 'proxy' : 'admin'} ${formatListenAddress(address)}`;
  let key = name;
  for (let i = 2; taken.has(key); i += 1) key = `${name} ${i}`;
  return key;
}
