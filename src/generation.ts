import type { IssuingAuthority } from './ca/authority.js';
import type { LeafCache } from './ca/cache.js';
import type { Config } from './config/load.js';
import type { Holds } from './core/holds.js';
import type { Placeholders } from './inject/placeholder.js';
import type { Services } from './proxy/services.js';
import type { Sources } from './secret-sources.js';
import type { StandingConnections } from './proxy/standing.js';

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
  /** Requests under way, by whichever configuration. */
  readonly requests: Holds;
}

/** Lets go of what no request needs any more; what the other generation has too is left to it. */
export async function closeGeneration({ services }: Generation, other: Generation | undefined): Promise<void> {
  await services.sender.close();
  if (services.secrets !== other?.services.secrets) await services.secrets.close();
  if (services.audit !== other?.services.audit) await services.audit.close();
}
