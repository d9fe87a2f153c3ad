import { generateKeyPairSync } from 'node:crypto';
import { nameOf, signCertificate, toPem } from '../../../src/ca/certificate.js';
import { authorityKeyIdentifier, leafConstraints, leafUsage } from '../../../src/ca/extensions.js';
import type { TestAuthority } from '../../support/certificates.js';

/** The certificate of a client and its key, PEM: such as a server certificate is not accepted for. */
export function clientCertificate(
  { issuer }: TestAuthority,
  name: string,
): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const validity = { notBefore: Date.now() - 3_600_000, notAfter: Date.now() + 3_600_000 };
  const extensions = [leafConstraints, leafUsage, authorityKeyIdentifier(issuer.keyId)];
  const leaf = signCertificate(issuer, { subject: nameOf(name), publicKey, validity, extensions });
  return { cert: toPem(leaf), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
