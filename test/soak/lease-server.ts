import { setTimeout as sleep } from 'node:timers/promises';
import type { BackendHandler, BackendReply } from '../secrets/backend-server.js';

/** From 0 to below 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface ServedLease {
  readonly id: string;
  readonly value: string;
  readonly secret: string;
  /** No renewal goes beyond it, milliseconds since the epoch. */
  readonly lastEnd: number;
  expiresAt: number;
  /** Until when it was good before a renewal made that less, as long as the client has not heard of it. */
  unheardEnd: number;
  isRevoked: boolean;
}

export interface LeaseServerOptions {
  readonly random: () => number;
  /** Of a lease, milliseconds: the shortest and the longest. */
  readonly life: readonly [number, number];
  /** How long a slow answer takes, milliseconds. */
  readonly slowness: number;
}

/**
 * A server that hands out values on leases, and keeps the record of them that a test compares with: `POST /lease/SECRET`, `/renew/ID`,
 * `/revoke/ID`. At random it is down, throttles, is slow, refuses to renew, renews for less than was asked, or for less than there was.
 */
export class LeaseServer {
  readonly leases = new Map<string, ServedLease>();
  /** None of its faults happen any more. */
  isWell = false;
  readonly #options: LeaseServerOptions;

  constructor(options: LeaseServerOptions) {
    this.#options = options;
  }

  readonly handler: BackendHandler = async ({ path }) => {
    const [, action = '', about = ''] = path.split('/');
    const { random, slowness } = this.#options;
    const fault = this.isWell ? 1 : random();
    if (fault < 0.06) return { status: 503 };
    if (fault < 0.09) return { status: 429, headers: { 'retry-after': '1' } };
    if (fault < 0.14) await sleep(slowness * (0.5 + random()));
    if (action === 'lease') return this.#issue(about);
    const lease = this.leases.get(about);
    if (lease === undefined) return { status: 404 };
    return action === 'renew' ? this.#renew(lease) : this.#revoke(lease);
  };

  isLive(id: string, now: number): boolean {
    const lease = this.leases.get(id);
    return lease?.isRevoked === false && now < Math.max(lease.expiresAt, lease.unheardEnd);
  }

  #issue(secret: string): BackendReply {
    const { random, life } = this.#options;
    const id = `lease-${String(this.leases.size)}`;
    const value = `value-of-${id}-${random().toString(36).slice(2)}`;
    const ttl = Math.floor(life[0] + random() * (life[1] - life[0]));
    const now = Date.now();
    const lease = { id, value, secret, expiresAt: now + ttl, lastEnd: now + 3 * ttl, unheardEnd: 0, isRevoked: false };
    this.leases.set(id, lease);
    return { status: 200, body: { id, value, ttl } };
  }

  #renew(lease: ServedLease): BackendReply {
    const { random, life } = this.#options;
    const now = Date.now();
    if (lease.isRevoked || now >= lease.expiresAt) return { status: 404 };
    const choice = this.isWell ? 1 : random();
    if (choice < 0.15) return { status: 403 };
    const asked = now + Math.floor(life[0] + random() * (life[1] - life[0]));
    const end = choice < 0.3 ? now + Math.floor((lease.expiresAt - now) / 3) : Math.min(asked, lease.lastEnd);
    lease.unheardEnd = end < lease.expiresAt ? lease.expiresAt : 0;
    lease.expiresAt = end;
    return { status: 200, body: { ttl: end - now } };
  }

  #revoke(lease: ServedLease): BackendReply {
    lease.isRevoked = true;
    return { status: 204 };
  }
}
