import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import { MissingError } from '../core/usage-error.js';
import { type Issuer, keyIdOf, nameOf, signCertificate, type Validity } from './certificate.js';
import {
  authorityConstraints,
  authorityKeyIdentifier,
  authorityUsage,
  nameConstraints,
  subjectKeyIdentifier,
} from './extensions.js';
import { backdating } from './leaf.js';
import { readAuthority } from './read-authority.js';

export interface RootOptions {
  /** DNS names (each with everything under it) and IP addresses; undefined: any. */
  readonly permit?: readonly string[] | undefined;
  readonly name?: string;
  readonly lifetimeMs?: number;
  /** How many CAs may stand below, one under the other. */
  readonly pathLength?: number;
  readonly clock: Clock;
}

export interface AuthorityPair {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

const fiveYears = 5 * 365 * 86_400_000;
/** Before this program was written: a clock that was never set, and a CA made by it would be void once it is. */
const earliest = Date.parse('2026-01-01T00:00:00Z');

/** A new self-signed CA with a P-256 key; name-constrained where `permit` is given. Throws a `MissingError` where the clock is not set. */
export function makeRoot(options: RootOptions): AuthorityPair {
  const { lifetimeMs = fiveYears, clock } = options;
  const now = clock.now();
  if (now < earliest) {
    throw new MissingError(`No CA is made while the clock says ${new Date(now).toISOString()}: set it first.`);
  }
  return makeAuthority(options, { notBefore: now - backdating, notAfter: now + lifetimeMs });
}

/** A new CA under `upper`, for as long and, where `permit` is given, for the same names. */
export function makeIssuing(upper: AuthorityPair, options: Omit<RootOptions, 'lifetimeMs' | 'clock'>): AuthorityPair {
  const { validFrom, validTo } = upper.certificate;
  const validity = { notBefore: Date.parse(validFrom), notAfter: Date.parse(validTo) };
  return makeAuthority(options, validity, issuerOf(upper));
}

export function issuerOf({ certificate, key }: AuthorityPair): Issuer {
  const { name, keyId = keyIdOf(certificate.publicKey) } = readAuthority(certificate.raw);
  return { name, key, keyId };
}

/** Without `upper` it is signed with its own key. */
function makeAuthority(
  { permit, name, pathLength = 0 }: Omit<RootOptions, 'lifetimeMs' | 'clock'>,
  validity: Validity,
  upper?: Issuer,
): AuthorityPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyId = keyIdOf(publicKey);
  // No two are named alike: clients find the issuer by its name first, and people tell two of them apart in a list.
  const subject = nameOf(name ?? `Keywright interception CA ${keyId.toString('hex', 0, 4)}`);
  const issuer = upper ?? { name: subject, key: privateKey, keyId };
  const der = signCertificate(issuer, {
    subject,
    publicKey,
    validity,
    extensions: [
      authorityConstraints(pathLength),
      authorityUsage,
      subjectKeyIdentifier(keyId),
      authorityKeyIdentifier(issuer.keyId),
      ...(permit === undefined ? [] : [nameConstraints(permit)]),
    ],
  });
  return { certificate: new X509Certificate(der), key: privateKey };
}
