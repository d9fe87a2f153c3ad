import type { Clock } from '../../core/clock.js';
import type { HeldLease } from '../index.js';
import { Unavailability } from '../unavailable.js';
import { isLeaseGone } from './failure.js';
import type { Asking } from './login.js';
import type { Infisical } from './server.js';

/** How a lease is named to Infisical, beside its ID. */
export interface LeasePlace {
  readonly projectSlug: string;
  readonly environmentSlug: string;
  readonly path: string;
}

/** What Infisical told of a lease when it gave it out. By its own clock, milliseconds since the epoch. */
export interface ToldLease {
  readonly id: string;
  readonly createdAt: number;
  readonly expireAt: number;
  /** Milliseconds; undefined where no longest life is known. */
  readonly longest: number | undefined;
}

export interface LeaseTerms {
  /** Of the secret. */
  readonly name: string;
  readonly backend: Infisical;
  readonly clock: Clock;
  readonly place: LeasePlace;
  /** For a login that has to be made anew meanwhile. */
  readonly asking: Omit<Asking, 'signal'>;
  /** When it was asked for, by our clock: what counts is how long it lasts, as clocks differ. */
  readonly asked: number;
}

/** Infisical gives nothing out for less, milliseconds. */
export const shortestLease = 60_000;

/** A lease of Infisical's while it is held. */
export function heldLease(told: ToldLease, terms: LeaseTerms): HeldLease & { readonly expiresAt: number } {
  const { name, backend, clock, place, asking, asked } = terms;
  const { id, createdAt, longest } = told;
  const path = `/api/v1/dynamic-secrets/leases/${encodeURIComponent(id)}`;
  const lifetime = told.expireAt - createdAt;
  let { expireAt } = told;
  const ours = (time: number): number => time - createdAt + asked;
  return {
    id,
    expiresAt: ours(expireAt),
    /** The server adds to the old end: asked for is what makes it last as long from now as it did at first, within its longest life. */
    async renew(signal) {
      const wanted = Math.max(clock.now() + lifetime - ours(expireAt), shortestLease);
      const room = longest === undefined ? wanted : createdAt + longest - expireAt;
      const more = Math.floor(Math.min(wanted, room) / 1000);
      if (more * 1000 < shortestLease) throw new Unavailability('its lease cannot last longer', 'down', undefined);
      const body = { ...place, ttl: `${more}s` };
      const answer = await backend.ask({ method: 'POST', path: `${path}/renew`, body }, { ...asking, signal });
      const until = Date.parse(String(backend.objectOf(name, answer, 'lease')?.['expireAt']));
      if (!(until > expireAt)) {
        throw new Unavailability(`${backend.origin} did not make its lease last longer`, 'down', undefined);
      }
      expireAt = until;
      return { expiresAt: ours(until) };
    },
    /** A success may be none: then the lease is there still, with a status that says so. */
    async revoke(signal) {
      const question = { method: 'DELETE', path, body: { ...place, isForced: false } } as const;
      const answer = await backend.ask(question, { ...asking, signal });
      if (isLeaseGone(answer)) return;
      const lease = backend.objectOf(name, answer, 'lease');
      if (lease?.['id'] !== id || isTold(lease['status']) || isTold(lease['statusDetails'])) {
        throw new Unavailability(`${backend.origin} could not end its lease`, 'down', undefined);
      }
    },
  };
}

function isTold(status: unknown): boolean {
  return status !== undefined && status !== null && status !== '';
}
