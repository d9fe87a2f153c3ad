import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

/** PEM. */
export type KeyPairPem = Readonly<Record<'cert' | 'key', string>>;

export interface Wanted {
  /** Who signs it; its own issuer where left out. */
  readonly issuer?: KeyPairPem;
  readonly ca?: boolean;
  /** Milliseconds from now. */
  readonly begins?: number;
  readonly ends?: number;
}

let serial = 0;

/** A certificate for a client with this common name, and its key: PEM. */
export function clientCertificate(name: string, { issuer, ca, begins, ends }: Wanted = {}): KeyPairPem {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  serial += 1;
  certificate.serialNumber = serial.toString(16).padStart(4, '0');
  certificate.validity.notBefore = new Date(Date.now() + (begins ?? -3_600_000));
  certificate.validity.notAfter = new Date(Date.now() + (ends ?? 3_600_000));
  certificate.setSubject([{ name: 'commonName', value: name }]);
  const signer = issuer === undefined ? undefined : forge.pki.certificateFromPem(issuer.cert);
  certificate.setIssuer(signer?.subject.attributes ?? [{ name: 'commonName', value: name }]);
  certificate.setExtensions(
    ca === true
      ? [{ name: 'basicConstraints', cA: true, critical: true }]
      : [{ name: 'extKeyUsage', clientAuth: true }],
  );
  certificate.sign(forge.pki.privateKeyFromPem(issuer?.key ?? key), forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key };
}

/** The key under a passphrase: as PKCS#8 has it, or in the old way of OpenSSL. */
export function encryptedKey(key: string, passphrase: string, type: 'pkcs8' | 'pkcs1' = 'pkcs8'): string {
  return createPrivateKey(key).export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();
}
