import { generateKeyPairSync, type X509Certificate } from 'node:crypto';
import { type Issuer, keyIdOf, toPem } from '../../src/ca/certificate.js';
import { mintLeaf } from '../../src/ca/leaf.js';
import { readAuthority } from '../../src/ca/read-authority.js';
import { makeRoot } from '../../src/ca/root.js';
import { systemClock } from '../../src/core/clock.js';

export interface TestAuthority {
  readonly certificate: X509Certificate;
  /** What a client has to trust. */
  readonly certificatePem: string;
  readonly issuer: Issuer;
}

/** A CA for the destinations of a test: another one than Keywright's. */
export function testAuthority(name = 'Test destination CA'): TestAuthority {
  const { certificate, key } = makeRoot({ name, clock: systemClock });
  const issuer = { name: readAuthority(certificate.raw).name, key, keyId: keyIdOf(certificate.publicKey) };
  return { certificate, certificatePem: certificate.toString(), issuer };
}

/** A server certificate and its key in PEM, as `tls.createServer` takes them, for names and IP literals. */
export function serverCertificate(
  authority: TestAuthority,
  names: readonly string[],
  options: { readonly expired?: boolean } = {},
): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const day = 86_400_000;
  const notAfter = Date.now() + (options.expired === true ? -day : day);
  const leaf = mintLeaf(authority.issuer, names, publicKey, { notBefore: notAfter - 3 * day, notAfter });
  return { cert: toPem(leaf), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
