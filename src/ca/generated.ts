import type { Clock } from '../core/clock.js';
import { UsageError } from '../core/usage-error.js';
import { type IssuingAuthority, issuing } from './authority.js';
import { checkValidity } from './chain.js';
import { openRing, ringPaths, trustPem } from './directory.js';
import { type Generation, makeGeneration } from './generation.js';
import { permitsJust } from './permitted.js';
import { readAuthority } from './read-authority.js';
import { type Ring, ringAt, wayFromOld } from './ring.js';

export interface GeneratedOptions {
  readonly dir: string;
  readonly permit?: readonly string[] | undefined;
  readonly clock: Clock;
}

/**
 * The CA in `dir`, made there the first time (`ca.pem`, and `ca-key.pem` with mode 0600); during a rotation the one that is to sign
 * now. Called again, it reads what a rotation has changed since. Throws a `MissingError` where something is missing, unreadable, open to
 * others or expired, and a `UsageError` where the CA was made for other names.
 */
export function openGeneratedAuthority({ dir, permit, clock }: GeneratedOptions): IssuingAuthority {
  const ring = openRing(dir, () => ({ active: makeGeneration({ permit, clock }) }));
  checkPermit(ring, permit, dir);
  checkValidity(ringAt(ring, clock.now()).active.chain, ringPaths(dir).key, clock.now());
  return { ...issuingAt(ring, clock), trustPem: trustPem(ring) };
}

/** The next CA signs from its time on, also where nobody reloads. */
function issuingAt(ring: Ring, clock: Clock): IssuingAuthority {
  const sign = (turnedRing: Ring): IssuingAuthority => issuing(turnedRing.active, clock, wayFromOld(turnedRing));
  const now = sign(ring);
  if (ring.next?.at === undefined) return now;
  const then = sign(ringAt(ring, ring.next.at));
  const current = (): IssuingAuthority => (ringAt(ring, clock.now()) === ring ? now : then);
  return { ...current(), issue: (host) => current().issue(host) };
}

/** A rotation is how a CA comes to be for other names: until it is over, either may be what is wanted. */
function checkPermit({ active, next }: Ring, permit: readonly string[] | undefined, dir: string): void {
  const isWanted = ({ chain: [certificate] }: Generation): boolean =>
    permitsJust(readAuthority(certificate.raw).nameConstraints, permit);
  if (isWanted(active) || (next !== undefined && isWanted(next.generation))) return;
  throw new UsageError(
    `The CA in ${dir} was made for other names than \`ca.permit\` now says: \`keywright ca rotate\` makes one for these, step by step; or remove ca.pem and ca-key.pem there to have a new one made at once.`,
  );
}
