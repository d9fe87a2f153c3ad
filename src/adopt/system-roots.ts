import { existsSync, readFileSync } from 'node:fs';
import * as tls from 'node:tls';

/** Where systems keep all their roots in one file; the same list that Go's crypto/x509 looks at. */
const wellKnownBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * PEM of the certificates that this system trusts: its bundle, else what Node can read of the system's store (from 22.15),
 * else the roots that Node brings along.
 */
export function systemRoots(bundles: readonly string[] = wellKnownBundles): string {
  const bundle = bundles.find((path) => existsSync(path));
  if (bundle !== undefined) return readFileSync(bundle, 'utf8');
  const { getCACertificates } = tls as { getCACertificates?: (type: 'system') => readonly string[] };
  const fromStore = getCACertificates?.('system') ?? [];
  return (fromStore.length > 0 ? fromStore : tls.rootCertificates).join('\n');
}
