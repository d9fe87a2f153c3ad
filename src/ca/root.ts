import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import { keyIdOf, nameOf, signCertificate } from './certificate.js';
import {
  authorityConstraints,
  authorityKeyIdentifier,
  authorityUsage,
  nameConstraints,
  subjectKeyIdentifier,
} from './extensions.js';
import { backdating } from './leaf.js';

export interface RootOptions {
  /** DNS names (each with everything under it) and IP addresses; undefined: any. */
  readonly permit?: readonly string[] | undefined;
  readonly name?: string;
  readonly lifetimeMs?: number;
  readonly clock: Clock;
}

const fiveYears = 5 * 365 * 86_400_000;

/** A new self-signed CA with a P-256 key; name-constrained where `permit` is given. */
export function makeRoot(options: RootOptions): { certificate: X509Certificate; key: KeyObject } {
  const { permit, name = 'Keywright interception CA', lifetimeMs = fiveYears, clock } = options;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = nameOf(name);
  const keyId = keyIdOf(publicKey);
  const now = clock.now();
  const der = signCertificate(
    { name: subject, key: privateKey, keyId },
    {
      subject,
      publicKey,
      validity: { notBefore: now - backdating, notAfter: now + lifetimeMs },
      extensions: [
        authorityConstraints,
        authorityUsage,
        subjectKeyIdentifier(keyId),
        authorityKeyIdentifier(keyId),
        ...(permit === undefined ? [] : [nameConstraints(permit)]),
      ],
    },
  );
  return { certificate: new X509Certificate(der), key: privateKey };
}
