import { readFileSync } from 'node:fs';
import { MissingError } from '../core/usage-error.js';

/** Node trusts nothing for a text without one, and says nothing: each connection would fail, and look like an attack. */
export function holdsCertificate(pem: string): boolean {
  return /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/.test(pem);
}

/** Certificates to trust. Throws `MissingError`. */
export function readCertificates(path: string): string {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch {
    // The reason is one of a few, and the path is what the operator needs.
    throw new MissingError(`the certificate file ${path} is missing or cannot be read.`);
  }
  if (!holdsCertificate(pem)) throw new MissingError(`the certificate file ${path} holds no certificate in PEM.`);
  return pem;
}
