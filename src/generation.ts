import type { IssuingAuthority } from './ca/authority.js';
import type { LeafCache } from './ca/cache.js';
import type { Config } from './config/load.js';
import { Holds } from './core/holds.js';
import type { Placeholders } from './inject/placeholder.js';
import { HeldBytes } from './proxy/held-bytes.js';
import type { Services } from './proxy/services.js';
import type { Sources } from './secret-sources.js';
import { StandingConnections } from './proxy/standing.js';

/** What can be read anew while the app runs. */
export interface Settings {
  readonly config: Config;
  readonly placeholders: Placeholders;
}

/** All that is made from one configuration. */
export interface Generation {
  readonly config: Config;
  readonly services: Services;
  readonly sources: Sources;
  readonly issuing: Issuing;
  readonly trustPem: string;
  readonly instance: string;
  /** Requests that began with it and have not ended. */
  readonly holds: Holds;
}

/** A CA, and the certificates it has made. */
export interface Issuing {
  readonly authority: IssuingAuthority;
  readonly leaves: LeafCache;
}

/** What outlives every configuration. */
export interface Lasting {
  readonly isOwn: (address: string, port: number) => boolean;
  readonly standing: StandingConnections;
  /** Counted for all of them together: old requests and new ones take the same memory. */
  readonly heldBytes: HeldBytes;
  /** Requests under way, by whichever configuration. */
  readonly requests: Holds;
}

export function openLasting(isOwn: Lasting['isOwn']): Lasting {
  return { isOwn, standing: new StandingConnections(), requests: new Holds(), heldBytes: new HeldBytes(0) };
}

/** From now on requests are served by this one. */
export function beginGeneration(
  { config, services, sources }: Generation,
  { standing, heldBytes }: Lasting,
  moved?: Parameters<StandingConnections['review']>[1],
): void {
  heldBytes.limit = config.limits.heldBodies;
  sources.begin(services.audit);
  standing.review(services, moved);
}

/**
 * Lets go of what no request needs any more. Of what several generations have nothing is closed but by the last of them: `others` are those
 * that have not begun to close when this one does. Never rejects.
 */
export async function closeGeneration({ services, sources }: Generation, others: readonly Generation[]): Promise<void> {
  const { audit, sender } = services;
  const isShared = others.some((other) => other.services.audit === audit);
  await sender.close();
  await sources.secrets.close();
  if (!isShared) await audit.close();
}

/** Generations that were replaced, until no request needs them any more. */
export class FormerGenerations {
  readonly #waiting = new Set<Generation>();
  readonly #closing = new Set<Promise<void>>();
  readonly #current: () => Generation;

  constructor(current: () => Generation) {
    this.#current = current;
  }

  add(former: Generation): void {
    this.#waiting.add(former);
    void former.holds.released().then(() => this.#close(former));
  }

  /** All but those that have begun to close. */
  get others(): readonly Generation[] {
    return [this.#current(), ...this.#waiting];
  }

  /** Closes all of them, whether they are needed or not; resolves when they are closed. */
  async close(): Promise<void> {
    for (const former of this.#waiting) this.#close(former);
    await Promise.all(this.#closing);
  }

  #close(former: Generation): void {
    if (!this.#waiting.delete(former)) return;
    const closing = closeGeneration(former, this.others).finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
