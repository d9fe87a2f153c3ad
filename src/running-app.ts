import type { Server } from 'node:net';
import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises';
import { createAdminServer } from './admin/health.js';
import { differences, movedDestinations } from './config/difference.js';
import type { Config } from './config/load.js';
import { MissingError, UsageError } from './core/usage-error.js';
import type { Decider } from './policy/decide.js';
import {
  beginGeneration,
  closeGeneration,
  FormerGenerations,
  openLasting,
  type Generation,
  type Lasting,
  type Settings,
} from './generation.js';
import { formatListenAddress, isLoopback, type ListenAddress } from './proxy/listen.js';
import { createListener, type Listener } from './proxy/listener.js';
import { Listeners, type Wanted } from './proxy/listeners.js';
import type { Plan } from './proxy/services.js';
import type { Secrets } from './secrets/index.js';

export interface Listening {
  readonly proxy: readonly ListenAddress[];
  readonly admin: ListenAddress | undefined;
  /** The port of `listenerFor`. */
  readonly clientPort: number | undefined;
}

/** How a reload ended. Where it failed nothing has changed, and `error` says why: a `UsageError` or `MissingError`, or else a bug. */
export type Reloaded =
  | {
      readonly taken: true;
      readonly policyRevision: string;
      readonly changes: readonly string[];
      readonly listening: Listening;
    }
  | { readonly taken: false; readonly error: unknown };

export interface App {
  /** What callers have to trust, in PEM. */
  readonly trustPem: string;
  readonly secrets: Secrets;
  readonly decider: Decider<Plan>;
  start(): Promise<Listening>;
  /**
   * Reads other settings and lives by them from then on, or, where anything of them cannot be used, goes on as it is. One after
   * the other; what is asked for while one waits is the same one. Never rejects.
   */
  reload(read: () => Settings): Promise<Reloaded>;
  /** Takes nothing new, lets what is under way end (at most `limits.drainTimeout`), then closes. */
  drain(): Promise<void>;
  /** Closes at once, whatever is under way. */
  end(): Promise<void>;
}

/** What `createApp` gives: the first settings, and how a generation is made. `open` throws what `createApp` throws. */
export interface Made {
  readonly settings: Settings;
  readonly open: (settings: Settings, lasting: Lasting, before: Generation | undefined) => Generation;
  readonly version: string;
  /** What the health page says of who can read this process. */
  readonly memory: string | undefined;
  readonly listenerFor: string | undefined;
}

/** Starts the listeners, lives through reloads, and ends everything in order. */
export class RunningApp implements App {
  readonly #made: Made;
  readonly #listeners = new Listeners(() => this.#current.services);
  readonly #lasting: Lasting = openLasting((address, port) => this.#listeners.isOwn(address, port));
  #current: Generation;
  #listening: Listening = { proxy: [], admin: undefined, clientPort: undefined };
  #state: 'starting' | 'ready' | 'ending' = 'starting';
  #reloading: Promise<unknown> = Promise.resolve();
  #waiting: Promise<Reloaded> | undefined;
  readonly #former = new FormerGenerations(() => this.#current);
  #closed: Promise<void> | undefined;
  readonly #hurry = new AbortController();

  constructor(made: Made) {
    this.#made = made;
    this.#current = made.open(made.settings, this.#lasting, undefined);
    beginGeneration(this.#current, this.#lasting);
  }

  get trustPem(): string {
    return this.#current.trustPem;
  }

  get secrets(): Secrets {
    return this.#current.services.secrets;
  }

  get decider(): Decider<Plan> {
    return this.#current.services.decider;
  }

  async start(): Promise<Listening> {
    try {
      const { bound, commit } = await this.#listeners.prepare(this.#wanted(this.#current.config));
      commit(0);
      this.#listening = this.#listeningAt(bound, this.#current.config);
      this.#state = 'ready';
      return this.#listening;
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  reload(read: () => Settings): Promise<Reloaded> {
    if (this.#waiting !== undefined) return this.#waiting;
    const reloading = this.#reloading
      // Whoever asks in the same moment, as signals in a burst do, is answered by the same reading.
      .then(() => immediate())
      .then(() => {
        this.#waiting = undefined;
        return this.#reload(read);
      });
    this.#waiting = reloading;
    this.#reloading = reloading;
    return reloading;
  }

  async drain(): Promise<void> {
    this.#state = 'ending';
    await this.#reloading;
    const { drainDelay, drainTimeout } = this.#current.services.limits;
    // Cut short by `end`.
    await delay(drainDelay, undefined, { signal: this.#hurry.signal }).catch(() => undefined);
    await this.#listeners.drain(drainTimeout);
    await this.#close();
  }

  end(): Promise<void> {
    this.#state = 'ending';
    this.#hurry.abort();
    return this.#close();
  }

  async #reload(read: () => Settings): Promise<Reloaded> {
    const before = this.#current;
    let next: Generation | undefined;
    try {
      if (this.#state !== 'ready') throw new UsageError('the proxy is starting or ending: nothing is reloaded now.');
      const settings = read();
      next = this.#made.open(settings, this.#lasting, before);
      const { bound, commit, abort } = await this.#listeners.prepare(this.#wanted(settings.config));
      if (this.#isEnding()) {
        abort();
        throw new UsageError('the proxy is ending: nothing is reloaded now.');
      }
      commit(next.services.limits.drainTimeout);
      this.#listening = this.#listeningAt(bound, settings.config);
    } catch (error) {
      if (next !== undefined) await closeGeneration(next, this.#former.others);
      const { audit, policyRevision: rev } = before.services;
      await audit.reloaded({ policy_rev: rev, previous_rev: rev, changes: [], code: codeOf(error) });
      return { taken: false, error };
    }
    return this.#replace(before, next);
  }

  /** The change itself is without an await: no request is decided by half of each. */
  async #replace(before: Generation, next: Generation): Promise<Reloaded> {
    const changes = differences(before.config, next.config);
    const [previous_rev, policy_rev] = [before.services.policyRevision, next.services.policyRevision];
    const audits = new Set([before.services.audit, next.services.audit]);
    const recorded = Array.from(audits, (audit) => audit.reloaded({ policy_rev, previous_rev, changes, code: 'ok' }));
    this.#current = next;
    beginGeneration(next, this.#lasting, movedDestinations(before.config, next.config));
    this.#former.add(before);
    await Promise.all(recorded);
    return { taken: true, policyRevision: next.services.policyRevision, changes, listening: this.#listening };
  }

  #wanted({ listen }: Config): readonly Wanted[] {
    const { listenerFor } = this.#made;
    const asProxy = (address: ListenAddress, client?: string): Wanted => {
      const options = { trustedPath: isLoopback(address), ...(client === undefined ? {} : { client }) };
      return { address, proxy: true, create: () => createListener(() => this.#current.services, options) };
    };
    const loopback = { transport: 'tcp', host: '127.0.0.1', port: 0 } as const;
    return [
      ...listen.proxy.map((address) => asProxy(address)),
      ...(listenerFor === undefined ? [] : [asProxy(loopback, listenerFor)]),
      ...(listen.admin === undefined
        ? []
        : [
            {
              address: listen.admin,
              proxy: false,
              create: () => withoutCallers(createAdminServer(() => this.#health())),
            },
          ]),
    ];
  }

  #listeningAt(bound: readonly ListenAddress[], { listen }: Config): Listening {
    const own = this.#made.listenerFor === undefined ? undefined : bound[listen.proxy.length];
    return {
      proxy: bound.slice(0, listen.proxy.length),
      admin: listen.admin === undefined ? undefined : bound.at(-1),
      clientPort: own?.transport === 'tcp' ? own.port : undefined,
    };
  }

  #health() {
    const { instance } = this.#current;
    const listeners = this.#listening.proxy.map(formatListenAddress);
    const { version, memory } = this.#made;
    return { ready: this.#state === 'ready', instance, version, memory, listeners };
  }

  #isEnding(): boolean {
    return this.#state === 'ending';
  }

  #close(): Promise<void> {
    this.#listeners.cut();
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    // What was cut still writes how it ended.
    await Promise.race([this.#lasting.requests.released(), delay(lastWords, undefined, { ref: false })]);
    // One that is under way has what the current generation has too, and lets go of it when it sees the end.
    await this.#reloading;
    // Together, as there is one time for all of it; what several have is closed by the last of them.
    await Promise.all([this.#former.close(), this.#current.sources.secrets.close()]);
    await closeGeneration(this.#current, []);
  }
}

/** Health is asked for in a moment: nothing there has to be waited for. */
function withoutCallers(server: Server): Listener {
  return { server, drain: () => undefined };
}

/** How long requests that were cut may take to notice it, milliseconds. */
const lastWords = 1000;

/** Why settings were not taken, as the audit has it: the words are for the log. */
function codeOf(error: unknown): string {
  if (error instanceof UsageError) return 'invalid';
  return error instanceof MissingError ? 'missing' : 'internal';
}
