import { Deadlines } from '../core/deadline.js';
import type { Limits } from '../core/limits.js';
import type { Caller, Scheme } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import type { ClientCertificate } from '../net/client-certificate.js';
import { dial } from '../net/dial.js';
import type { Route } from '../net/vet.js';
import { Pool } from './pool.js';

/** Pools kept at most; the least recently used goes first. Its requests under way still end. */
const maximumPools = 1024;

/** Who shows a certificate on the connections of a pool. */
export interface Shown {
  readonly certificate: ClientCertificate;
  readonly caller: Caller;
}

interface Kept {
  readonly pool: Pool;
  /** Of the certificate that its connections were made with. */
  readonly id: string | undefined;
}

/**
 * Connections to destinations, kept for reuse: one pool for each scheme, authority, vetted address and trust (`Route.key`),
 * so that a connection can only ever be reused towards the address that was vetted. Callers share those of
 * HTTP/1.1: the credential travels in the request, not in the connection. A session of HTTP/2 is one client's own. Where a certificate
 * is shown the connection is the credential: it is one caller's own, and ends when the certificate is replaced.
 */
export class Pools {
  readonly #pools: Readonly<Record<Scheme, Map<string, Kept>>> = { http: new Map(), https: new Map() };
  readonly #limits: Limits;
  readonly #deadlines = new Deadlines();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  poolFor(route: Route, scheme: Scheme, shown?: Shown): Pool {
    // Nothing would be shown.
    if (shown !== undefined && scheme === 'http') throw new Refusal('cleartext_credential');
    const pools = this.#pools[scheme];
    const key = shown === undefined ? route.key : keyOf(route, shown);
    const id = shown?.certificate.id;
    const known = pools.get(key);
    if (known !== undefined && known.id === id) return known.pool;
    known?.pool.retire();
    const pool = this.#open(route, scheme, shown?.certificate);
    pools.set(key, { pool, id });
    if (pools.size > maximumPools) this.#dropOldest(pools);
    return pool;
  }

  close(): Promise<void> {
    for (const pools of Object.values(this.#pools)) {
      for (const { pool } of pools.values()) pool.close();
      pools.clear();
    }
    return Promise.resolve();
  }

  #dropOldest(pools: Map<string, Kept>): void {
    let oldest: readonly [string, Kept] | undefined;
    for (const entry of pools) {
      if (oldest === undefined || entry[1].pool.lastUsed < oldest[1].pool.lastUsed) oldest = entry;
    }
    if (oldest === undefined) return;
    pools.delete(oldest[0]);
    oldest[1].pool.retire();
  }

  #open(route: Route, scheme: Scheme, certificate: ClientCertificate | undefined): Pool {
    const timeout = this.#limits.connectTimeout;
    return new Pool((alpn) => dial(route, scheme, { timeout, alpn, certificate }), this.#limits, this.#deadlines);
  }
}

/** No key of a route begins so. Who the caller is, as far as secrets can differ by it, stands in it. */
function keyOf({ key }: Route, { certificate: { secret }, caller: { client, subject } }: Shown): string {
  return JSON.stringify([key, client, subject ?? null, secret]);
}
