import type { Server, ServerResponse, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Admission } from './admission.js';
import { formatListenAddress, listenAt, type ListenAddress } from './listen.js';
import { limitListener } from './listener-limits.js';
import { isBound, passageOf } from './passage.js';
import type { Services } from './services.js';

/** A listener that a configuration asks for. */
export interface Wanted {
  readonly address: ListenAddress;
  /** Callers connect here: what they may not use up is counted. */
  readonly proxy: boolean;
  readonly create: () => Server;
}

interface Open {
  readonly server: Server;
  readonly bound: ListenAddress;
  readonly proxy: boolean;
  /** Under which addresses it can be reached. */
  readonly hosts: readonly string[];
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

/** How often a connection that has become idle is looked for while the proxy drains, milliseconds. */
const idleInterval = 100;

/** Every listener and every connection of a proxy, and how they come and go. */
export class Listeners {
  readonly #current: () => Services;
  readonly #admission = new Admission();
  #open = new Map<string, Open>();
  /** No longer listening, with connections that have not ended yet. */
  readonly #closing = new Set<Open>();
  #draining = false;

  constructor(current: () => Services) {
    this.#current = current;
  }

  /** Whether Keywright itself listens there: never a destination. */
  isOwn(address: string, port: number): boolean {
    return [...this.#open.values(), ...this.#closing].some(
      ({ bound, hosts }) => bound.transport === 'tcp' && bound.port === port && hosts.includes(address),
    );
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

  /** After a change: the limits of the listeners, and the idle tunnels of callers that are not known any more. */
  review(services: Services): void {
    for (const { server, proxy, connections } of [...this.#open.values(), ...this.#closing]) {
      if (!proxy) continue;
      limitListener(server, services.limits);
      for (const socket of connections) {
        const { tunnel, underWay } = passageOf(socket);
        if (tunnel === undefined || underWay > 0) continue;
        try {
          services.callers.confirm(tunnel.caller);
        } catch {
          // A request on it would be refused: now that there is none, closing it says the same sooner.
          socket.destroy();
        }
      }
    }
  }

  /**
   * Takes no new connection from callers, closes each after its next answer, and after `timeout` whatever there is. Health is
   * told to the end: who watches over this process must not take it for hung.
   */
  async drain(timeout: number): Promise<void> {
    this.#draining = true;
    const closing = [...this.#open.values()].filter(({ proxy }) => proxy);
    for (const { connections } of [...closing, ...this.#closing]) connections.forEach(lastAnswer);
    const before = Array.from(this.#closing, ({ server }) => new Promise((resolve) => server.once('close', resolve)));
    await Promise.all([...before, ...closing.map((open) => this.#close(open, timeout))]);
  }

  /** Cuts every connection and closes every listener. */
  cut(): void {
    for (const open of [...this.#open.values(), ...this.#closing]) {
      open.server.close();
      destroyAll(open);
    }
    this.#open = new Map();
  }

  async #listen({ address, proxy, create }: Wanted): Promise<Open> {
    const server = create();
    const connections = new Set<Socket>();
    server.prependListener('connection', (socket: Socket) => {
      if (connections.has(socket)) return;
      if (proxy && !isBound(socket) && !this.#admit(socket)) return;
      connections.add(socket);
      socket.once('close', () => connections.delete(socket));
    });
    if (proxy) {
      for (const event of ['request', 'checkContinue', 'checkExpectation']) {
        server.prependListener(event, (_: IncomingMessage, response: ServerResponse) => {
          if (this.#draining) response.shouldKeepAlive = false;
        });
      }
    }
    const bound = await listenAt(server, address);
    return { server, proxy, connections, bound, hosts: proxy && bound.transport === 'tcp' ? ownHosts(bound.host) : [] };
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
    const idle = setInterval(() => open.server.closeIdleConnections(), idleInterval);
    const last = setTimeout(() => destroyAll(open), timeout);
    await new Promise((resolve) => {
      open.server.close(resolve);
      open.server.closeIdleConnections();
    });
    clearInterval(idle);
    clearTimeout(last);
    this.#closing.delete(open);
  }
}

function destroyAll({ connections }: Open): void {
  for (const socket of connections) socket.destroy();
}

/** The answer that is under way on it, if it has not begun, tells the caller that no other will follow. */
function lastAnswer(socket: Socket): void {
  const last = isBound(socket) ? passageOf(socket).last : undefined;
  if (last?.headersSent === false) last.shouldKeepAlive = false;
}

/** The same address may be asked for more than once: port 0 stands for another port each time. */
function keyOf({ address, proxy }: Wanted, taken: ReadonlyMap<string, Open>): string {
  const name = `${proxy ? 'proxy' : 'admin'} ${formatListenAddress(address)}`;
  let key = name;
  for (let i = 2; taken.has(key); i += 1) key = `${name} ${i}`;
  return key;
}

/** A listener on every address is reachable under each one of this machine: none of them may be a destination on its port. */
function ownHosts(host: string): readonly string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host, '127.0.0.1', '::1', '0.0.0.0', '::'];
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return ['0.0.0.0', '::', ...interfaces.map(({ address }) => address)];
}
