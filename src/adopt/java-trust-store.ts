import { createHash } from 'node:crypto';

/** What every Java trust store has: it keeps nothing secret. */
export const javaTrustStorePassword = 'changeit';

const magic = 0xfeedfeed;
const version = 2;
const trustedCertificate = 2;
/** Mixed into the digest by the JDK (sun.security.provider.JavaKeyStore.getPreKeyedHash). */
const whitener = 'Mighty Aphrodite';

/**
 * A Java key store (JKS, version 2) that holds certificates to be trusted and nothing else: magic, version, count,
 * then tag, alias, date, type and DER for each, and a SHA-1 over the password, the whitener and all before.
 */
export function javaTrustStore(certificates: readonly Buffer[], createdAt: number): Buffer {
  const entries = certificates.flatMap((der, index) => [
    int(trustedCertificate),
    utf(`keywright-${index}`),
    long(createdAt),
    utf('X.509'),
    int(der.length),
    der,
  ]);
  const body = Buffer.concat([int(magic), int(version), int(certificates.length), ...entries]);
  const password = Buffer.from(javaTrustStorePassword, 'utf16le').swap16();
  return Buffer.concat([body, createHash('sha1').update(password).update(whitener).update(body).digest()]);
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function long(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** Length in two bytes, then the text: java.io.DataOutput.writeUTF for ASCII. */
function utf(text: string): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(text.length);
  return Buffer.concat([bytes, Buffer.from(text, 'latin1')]);
}
