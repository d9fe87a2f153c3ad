import { createRequire } from 'node:module';
import type { Pool } from 'undici';
import type { Limits } from '../core/limits.js';
import type { Scheme } from '../core/message.js';
import { hostHeader } from '../policy/authority.js';
import { undiciConnector } from '../net/dial.js';
import type { Route } from '../net/vet.js';

const require = createRequire(import.meta.url);
/** One file of the package, by `require`: 17 ms at each start, where an import of the whole takes 61. */
const PoolOfUndici = require('undici/lib/dispatcher/pool.js') as typeof Pool;

/** Pools kept at most; the least recently used goes first. Its requests under way still end. */
const maximumPools = 1024;

/**
 * Connections to destinations, kept for reuse: one pool for each scheme, authority, vetted address and trust (`Route.key`),
 * so that a connection can only ever be reused towards the address that was vetted. Callers share them:
 * the credential travels in the request, not in the connection.
 */
export class Pools {
  readonly #pools = new Map<string, Pool>();
  readonly #limits: Limits;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  poolFor(route: Route, scheme: Scheme): Pool {
    const key = `${scheme} ${route.key}`;
    const known = this.#pools.get(key);
    if (known !== undefined) {
      this.#pools.delete(key);
      this.#pools.set(key, known);
      return known;
    }
    const pool = this.#open(route, scheme);
    this.#pools.set(key, pool);
    const oldest = this.#pools.size > maximumPools ? this.#pools.entries().next().value : undefined;
    if (oldest !== undefined) {
      this.#pools.delete(oldest[0]);
      void oldest[1].close();
    }
    return pool;
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  #open(route: Route, scheme: Scheme): Pool {
    const limits = this.#limits;
    return new PoolOfUndici(`${scheme}://${hostHeader(route.authority, scheme)}`, {
      connections: limits.upstreamConnections,
      connect: undiciConnector(route, limits),
      pipelining: 1,
      keepAliveTimeout: limits.upstreamKeepAliveTimeout,
      keepAliveMaxTimeout: limits.upstreamKeepAliveTimeout,
      headersTimeout: limits.responseTimeout,
      bodyTimeout: limits.responseIdleTimeout,
      maxHeaderSize: limits.headerBytes,
      allowH2: false,
    });
  }
}
