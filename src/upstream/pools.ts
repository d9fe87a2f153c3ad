import { Deadlines } from '../core/deadline.js';
import type { Limits } from '../core/limits.js';
import type { Scheme } from '../core/message.js';
import { dial } from '../net/dial.js';
import type { Route } from '../net/vet.js';
import { Pool } from './pool.js';

/** Pools kept at most; the least recently used goes first. Its requests under way still end. */
const maximumPools = 1024;

/**
 * Connections to destinations, kept for reuse: one pool for each scheme, authority, vetted address and trust (`Route.key`),
 * so that a connection can only ever be reused towards the address that was vetted. Callers share those of
 * HTTP/1.1: the credential travels in the request, not in the connection. A session of HTTP/2 is one client's own.
 */
export class Pools {
  readonly #pools: Readonly<Record<Scheme, Map<string, Pool>>> = { http: new Map(), https: new Map() };
  readonly #limits: Limits;
  readonly #deadlines = new Deadlines();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  poolFor(route: Route, scheme: Scheme): Pool {
    const pools = this.#pools[scheme];
    const known = pools.get(route.key);
    if (known !== undefined) return known;
    const pool = this.#open(route, scheme);
    pools.set(route.key, pool);
    if (pools.size > maximumPools) this.#dropOldest(pools);
    return pool;
  }

  close(): Promise<void> {
    for (const pools of Object.values(this.#pools)) {
      for (const pool of pools.values()) pool.close();
      pools.clear();
    }
    return Promise.resolve();
  }

  #dropOldest(pools: Map<string, Pool>): void {
    let oldest: readonly [string, Pool] | undefined;
    for (const entry of pools) if (oldest === undefined || entry[1].lastUsed < oldest[1].lastUsed) oldest = entry;
    if (oldest === undefined) return;
    pools.delete(oldest[0]);
    oldest[1].retire();
  }

  #open(route: Route, scheme: Scheme): Pool {
    const timeout = this.#limits.connectTimeout;
    return new Pool((alpn) => dial(route, scheme, { timeout, alpn }), this.#limits, this.#deadlines);
  }
}
