import { createSecureContext, type SecureContext } from 'node:tls';
import type { Clock } from '../core/clock.js';
import type { Limits } from '../core/limits.js';
import type { Authority } from '../core/message.js';
import type { IssuingAuthority } from './authority.js';

interface Entry {
  readonly context: SecureContext;
  /** Milliseconds since the epoch: from here on the next use mints anew. */
  readonly renewAt: number;
}

/**
 * A TLS server context for each host, minted on first use. Holds at most `leafCertificates`; the least recently used goes first.
 * Each host has a context, and so session tickets, of its own: a ticket of one name never resumes at another.
 */
export class LeafCache {
  readonly #entries = new Map<string, Entry>();
  readonly #authority: IssuingAuthority;
  readonly #limit: number;
  readonly #clock: Clock;

  constructor(authority: IssuingAuthority, limits: Pick<Limits, 'leafCertificates'>, clock: Clock) {
    this.#authority = authority;
    this.#limit = limits.leafCertificates;
    this.#clock = clock;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Throws a `MissingError` once the CA has expired. */
  contextFor(host: Pick<Authority, 'host'>): SecureContext {
    const known = this.#entries.get(host.host);
    const entry = known !== undefined && this.#clock.now() < known.renewAt ? known : this.#mint(host);
    // Taken out and put in again: the order of a Map is then the order of last use.
    this.#entries.delete(host.host);
    this.#entries.set(host.host, entry);
    if (this.#entries.size > this.#limit) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return entry.context;
  }

  #mint(host: Pick<Authority, 'host'>): Entry {
    const { certificatePem, keyPem, notAfter } = this.#authority.issue(host);
    const now = this.#clock.now();
    // Half of what is left: long before the end, and still rarely where the CA itself is about to end.
    const context = createSecureContext({ cert: certificatePem, key: keyPem, minVersion: 'TLSv1.2' });
    return { context, renewAt: now + (notAfter - now) / 2 };
  }
}
