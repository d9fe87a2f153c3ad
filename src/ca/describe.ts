import type { X509Certificate } from 'node:crypto';
import { endOf, rootOf, subjectOf, trustOf } from './chain.js';
import type { Generation } from './generation.js';
import { permittedBy } from './permitted.js';
import { readAuthority } from './read-authority.js';
import { type Ring, ringAt } from './ring.js';

/** `steady`; `published`: the next CA is trusted, and does not sign; `overlap`: it signs, and the one before is trusted still. */
export type RotationPhase = 'steady' | 'published' | 'overlap';

export interface DescribedCertificate {
  readonly subject: string;
  /** SHA-256 of the certificate in DER, in hexadecimal. */
  readonly sha256: string;
  readonly not_before: string;
  readonly not_after: string;
}

export interface DescribedAuthority {
  readonly role: 'active' | 'next' | 'old';
  /** What clients have to trust. */
  readonly trust: DescribedCertificate;
  /** False where its root is not in the file: some clients accept nothing less. */
  readonly trust_is_root: boolean;
  /** From what signs leaves upwards, without what is trusted. */
  readonly intermediates: readonly DescribedCertificate[];
  /** The kind of the key, such as `ec prime256v1` or `rsa 2048`. */
  readonly key: string;
  /** The names it is constrained to; null: any. */
  readonly permit: readonly string[] | null;
  /** Whole days until the first of its certificates ends; negative once it has. */
  readonly days_left: number;
  readonly valid: boolean;
}

export interface DescribedRing {
  readonly phase: RotationPhase;
  /** When the next CA signs by itself; null: when it is told to. */
  readonly finishes_at: string | null;
  /** Whether clients that trust only the older CA accept what the newer one signs; null: there is no rotation. */
  readonly bridged: boolean | null;
  readonly authorities: readonly DescribedAuthority[];
}

/** A CA and where its rotation stands, for people and programs to read. `now` is milliseconds since the epoch. No key is in it. */
export function describeRing(found: Ring, now: number): DescribedRing {
  const ring = ringAt(found, now);
  const { active, next, old } = ring;
  const at = next?.at;
  return {
    phase: next !== undefined ? 'published' : old !== undefined ? 'overlap' : 'steady',
    finishes_at: at === undefined ? null : new Date(at).toISOString(),
    bridged: next === undefined && old === undefined ? null : ring.bridge !== undefined,
    authorities: [
      describe('active', active, now),
      ...(next === undefined ? [] : [describe('next', next.generation, now)]),
      ...(old === undefined ? [] : [describe('old', old, now)]),
    ],
  };
}

function describe(role: DescribedAuthority['role'], { chain }: Generation, now: number): DescribedAuthority {
  const trust = trustOf(chain);
  const [signer] = chain;
  const begins = Math.max(...chain.map(({ validFrom }) => Date.parse(validFrom)));
  const constraints = chain.flatMap(({ raw }) => readAuthority(raw).nameConstraints ?? []);
  const { asymmetricKeyType = 'unknown', asymmetricKeyDetails: details } = signer.publicKey;
  return {
    role,
    trust: describeCertificate(trust),
    trust_is_root: rootOf(chain) !== undefined,
    intermediates: chain.filter((certificate) => certificate !== trust).map(describeCertificate),
    key: `${asymmetricKeyType} ${details?.namedCurve ?? details?.modulusLength ?? ''}`.trim(),
    permit: constraints[0] === undefined ? null : permittedBy(constraints[0]),
    days_left: Math.floor((endOf(chain) - now) / 86_400_000),
    valid: begins <= now && now < endOf(chain),
  };
}

function describeCertificate(certificate: X509Certificate): DescribedCertificate {
  return {
    subject: subjectOf(certificate),
    sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    not_before: new Date(certificate.validFrom).toISOString(),
    not_after: new Date(certificate.validTo).toISOString(),
  };
}
