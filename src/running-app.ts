import type { Server } from 'node:net';
import type { Socket } from 'node:net';
import { createAdminServer } from './admin/health.js';
import type { Config } from './config/load.js';
import type { OwnAddresses } from './net/own-addresses.js';
import type { Decider } from './policy/decide.js';
import { formatListenAddress, isLoopback, listenAt, type ListenAddress } from './proxy/listen.js';
import { createListener, type Listener } from './proxy/listener.js';
import type { Plan, Services } from './proxy/services.js';
import type { Secrets } from './secrets/index.js';

export interface Listening {
  readonly proxy: readonly ListenAddress[];
  readonly admin: ListenAddress | undefined;
  /** The port of `listenerFor`. */
  readonly clientPort: number | undefined;
}

export interface App {
  /** What callers have to trust, in PEM. */
  readonly trustPem: string;
  readonly secrets: Secrets;
  readonly decider: Decider<Plan>;
  start(): Promise<Listening>;
  /** Takes nothing new, lets what is under way end (at most `limits.drainTimeout`), then closes. */
  drain(): Promise<void>;
}

/** What `createApp` made, ready to be started. */
export interface Made {
  readonly listen: Config['listen'];
  readonly services: Services;
  readonly trustPem: string;
  readonly instance: string;
  readonly version: string;
  readonly memory: string | undefined;
  readonly listenerFor: string | undefined;
  /** Filled in as our listeners are known: never a destination. */
  readonly own: OwnAddresses;
}

/** Starts the listeners, and ends them in order. */
export class RunningApp implements App {
  readonly trustPem: string;
  readonly secrets: Secrets;
  readonly decider: Decider<Plan>;
  readonly #made: Made;
  readonly #servers: Server[] = [];
  readonly #listeners: Listener[] = [];
  /** Every connection: those of tunnels and upgrades are no longer the server's to close. */
  readonly #connections = new Set<Socket>();
  #listening: Listening = {
    proxy: [],
    admin: undefined,
    clientPort: undefined,
  };
  #ready = false;

  constructor(made: Made) {
    this.#made = made;
    this.trustPem = made.trustPem;
    this.secrets = made.services.secrets;
    this.decider = made.services.decider;
  }

  async start(): Promise<Listening> {
    const { listen, listenerFor } = this.#made;
    try {
      const proxy: ListenAddress[] = [];
      for (const address of listen.proxy) proxy.push(await this.#listenAsProxy(address));
      const loopback = {
        transport: 'tcp',
        host: '127.0.0.1',
        port: 0,
      } as const;
      const forClient = listenerFor === undefined ? undefined : await this.#listenAsProxy(loopback, listenerFor);
      const admin = listen.admin === undefined ? undefined : await this.#listen(this.#adminServer(), listen.admin);
      this.#ready = true;
      this.#listening = {
        proxy,
        admin,
        clientPort: forClient?.transport === 'tcp' ? forClient.port : undefined,
      };
      return this.#listening;
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  async drain(): Promise<void> {
    this.#ready = false;
    const { services } = this.#made;
    const closing = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const listener of this.#listeners) listener.drain();
    const timer = setTimeout(() => this.#cut(), services.limits.drainTimeout);
    await Promise.all(closing);
    clearTimeout(timer);
    await this.#close();
  }

  async #listenAsProxy(address: ListenAddress, client?: string): Promise<ListenAddress> {
    const trustedPath = isLoopback(address);
    const options = {
      trustedPath,
      ...(client === undefined ? {} : { client }),
    };
    const listener = createListener(() => this.#made.services, options);
    this.#listeners.push(listener);
    return this.#listen(listener.server, address);
  }

  #adminServer(): Server {
    const { version, instance, memory } = this.#made;
    return createAdminServer(() => ({
      ready: this.#ready,
      instance,
      version,
      memory,
      listeners: this.#listening.proxy.map(formatListenAddress),
    }));
  }

  async #listen(server: Server, address: ListenAddress): Promise<ListenAddress> {
    this.#servers.push(server);
    server.on('connection', (socket: Socket) => {
      if (this.#connections.has(socket)) return;
      this.#connections.add(socket);
      socket.once('close', () => this.#connections.delete(socket));
    });
    const bound = await listenAt(server, address);
    if (bound.transport === 'tcp') this.#made.own.add(bound.host, bound.port);
    return bound;
  }

  #cut(): void {
    for (const socket of this.#connections) socket.destroy();
  }

  async #close(): Promise<void> {
    const { services } = this.#made;
    this.#cut();
    for (const server of this.#servers) server.close();
    await services.sender.close();
    await services.secrets.close();
    await services.audit.close();
  }
}
