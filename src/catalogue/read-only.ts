import { covers, parseHostPattern, type HostPattern } from '../policy/host-pattern.js';
import type { ReadOnly, Service } from './service.js';

/** What reads, as methods and paths of one policy each. */
export interface Reads {
  readonly methods: readonly string[];
  readonly paths: readonly string[];
}

/** The requests that the variant allows. */
export function readsOf({ paths, posts }: ReadOnly): readonly Reads[] {
  return [{ methods: ['GET'], paths }, ...(posts === undefined ? [] : [{ methods: ['POST'], paths: posts.paths }])];
}

/** The read-only variant of a service; or half a sentence why it has none. */
export function readOnlyOf({ readOnly }: Service): ReadOnly | { readonly none: string } {
  return readOnly ?? { none: 'nobody has reviewed its paths yet' };
}

/** Is this host one that the paths of the variant are of: one of its own, or one that the catalogue does not know, as of an instance of one's own? */
export function isReviewedHost(service: Service, variant: ReadOnly, host: HostPattern): boolean {
  const usual = { ...host, port: 443 };
  const own = (patterns: readonly string[]): boolean =>
    patterns.map(parseHostPattern).some((pattern) => covers(pattern, usual));
  const spans = service.hosts.map(parseHostPattern).some((pattern) => covers(usual, pattern));
  return own(variant.hosts) || !(own(service.hosts) || spans);
}
