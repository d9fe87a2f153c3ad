import { type KeyObject, X509Certificate } from 'node:crypto';
import { signCertificate } from './certificate.js';
import { endOf, type Chain, rootOf } from './chain.js';
import { authorityConstraints, authorityKeyIdentifier, authorityUsage, subjectKeyIdentifier } from './extensions.js';
import { readAuthority } from './read-authority.js';
import { issuerOf, makeIssuing, makeRoot, type RootOptions } from './root.js';

/** One CA: the certificates from the one that signs leaves up to the one to trust, and the key of the first. */
export interface Generation {
  readonly chain: Chain;
  readonly key: KeyObject;
}

/**
 * A new CA. Where it is constrained to names it is two: a root whose key is thrown away at once, and below it, constrained alike,
 * the one whose key is kept. For Java does not look at the constraints of what it trusts (seen with 17), only at those below.
 * Path lengths leave room for the next CA to be certified by this one (`bridge`).
 */
export function makeGeneration(options: RootOptions): Generation {
  const { permit } = options;
  if (permit === undefined) {
    const { certificate, key } = makeRoot({ ...options, pathLength: 2 });
    return { chain: [certificate], key };
  }
  const root = makeRoot({ ...options, pathLength: 3 });
  const { certificate, key } = makeIssuing(root, { permit, pathLength: 2 });
  return { chain: [certificate, root.certificate], key };
}

/**
 * The root of `next`, certified by `before`: who trusts only the older CA verifies what the newer one signs, by way of it.
 * It carries no constraint of its own: what signs below it does. Undefined where clients would not go that way: `before` has
 * expired, or was made to have fewer CAs below it.
 */
export function bridge(before: Generation, next: Generation): X509Certificate | undefined {
  const root = rootOf(next.chain);
  const below = next.chain.length;
  const tooLong = before.chain.some((certificate, index) => {
    const { pathLength = Number.POSITIVE_INFINITY } = readAuthority(certificate.raw);
    return pathLength < below + index;
  });
  if (root === undefined || tooLong) return undefined;
  const validity = {
    notBefore: Date.parse(root.validFrom),
    notAfter: Math.min(endOf(before.chain), endOf(next.chain)),
  };
  if (validity.notAfter <= validity.notBefore) return undefined;
  const { name, keyId } = readAuthority(root.raw);
  const issuer = issuerOf({ certificate: before.chain[0], key: before.key });
  const der = signCertificate(issuer, {
    subject: name,
    publicKey: root.publicKey,
    validity,
    extensions: [
      authorityConstraints(below - 1),
      authorityUsage,
      ...(keyId === undefined ? [] : [subjectKeyIdentifier(keyId)]),
      authorityKeyIdentifier(issuer.keyId),
    ],
  });
  return new X509Certificate(der);
}
