import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { emptyName, type Issuer, keyIdOf, nameOf, signCertificate, type Validity } from './certificate.js';
import {
  authorityKeyIdentifier,
  forServers,
  leafConstraints,
  leafUsage,
  subjectAltName,
  subjectKeyIdentifier,
} from './extensions.js';

const hour = 3_600_000;
/** Clocks of containers and laptops run behind: a certificate made now has to be valid there too. */
export const backdating = hour;
const leafLifetime = 48 * hour;

/** A leaf made now: short, and never valid before or beyond the CA that signed it. Milliseconds since the epoch. */
export function leafValidity(now: number, authorityBegins: number, authorityEnds: number): Validity {
  return {
    notBefore: Math.max(now - backdating, authorityBegins),
    notAfter: Math.min(now + leafLifetime, authorityEnds),
  };
}

/**
 * A server certificate in DER for these hosts: names in canonical form, or IP literals.
 * The first name is the common name too, unless it is longer than one may be or an address, which OpenSSL would
 * compare with the constraints on names: then the subject stays empty.
 */
export function mintLeaf(issuer: Issuer, hosts: readonly string[], publicKey: KeyObject, validity: Validity): Buffer {
  const [first = ''] = hosts;
  const named = first.length <= 64 && isIP(first) === 0;
  return signCertificate(issuer, {
    subject: named ? nameOf(first) : emptyName,
    publicKey,
    validity,
    extensions: [
      leafConstraints,
      leafUsage,
      forServers,
      subjectKeyIdentifier(keyIdOf(publicKey)),
      authorityKeyIdentifier(issuer.keyId),
      subjectAltName(hosts, !named),
    ],
  });
}
