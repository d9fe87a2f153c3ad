import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bits,
  decode,
  type Der,
  encode,
  integer,
  nothing,
  objectId,
  sequence,
  set,
  time,
  utf8,
  wrapped,
} from './der.js';

/** Who signs: the subject of its certificate, byte for byte, its key and the identifier of that key. */
export interface Issuer {
  readonly name: Der;
  readonly key: KeyObject;
  readonly keyId: Buffer;
}

/** Milliseconds since the epoch. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface CertificateContent {
  readonly subject: Der;
  readonly publicKey: KeyObject;
  readonly validity: Validity;
  readonly extensions: readonly Der[];
}

const commonName = objectId('2.5.4.3');
const version3 = wrapped(0, integer(Buffer.from([2])));

/** Signature algorithms by kind of key (RFC 5758, RFC 4055, RFC 8410). */
const algorithms: Readonly<Record<string, readonly [digest: string | null, id: Der]>> = {
  prime256v1: ['sha256', sequence(objectId('1.2.840.10045.4.3.2'))],
  secp384r1: ['sha384', sequence(objectId('1.2.840.10045.4.3.3'))],
  secp521r1: ['sha512', sequence(objectId('1.2.840.10045.4.3.4'))],
  rsa: ['sha256', sequence(objectId('1.2.840.113549.1.1.11'), nothing)],
  ed25519: [null, sequence(objectId('1.3.101.112'))],
};

export const emptyName = sequence();

/** A distinguished name of one common name; at most 64 characters (RFC 5280 appendix A.1). */
export function nameOf(name: string): Der {
  return sequence(set(sequence(commonName, utf8(name))));
}

/** An X.509 version 3 certificate in DER (RFC 5280 section 4.1), signed by Node's own crypto. */
export function signCertificate(
  issuer: Issuer,
  { subject, publicKey, validity, extensions }: CertificateContent,
): Buffer {
  const [digest, algorithm] = algorithmOf(issuer.key) ?? missingAlgorithm();
  const signed = sequence(
    version3,
    integer(serialNumber()),
    algorithm,
    issuer.name,
    sequence(time(validity.notBefore), time(validity.notAfter)),
    subject,
    publicKeyInfo(publicKey),
    wrapped(3, sequence(...extensions)),
  );
  return encode(sequence(signed, algorithm, bits(sign(digest, encode(signed), issuer.key))));
}

export function canSign(key: KeyObject): boolean {
  return algorithmOf(key) !== undefined;
}

/** RFC 7093 section 2, method 4: 160 bits of the SHA-256 of the whole SubjectPublicKeyInfo. */
export function keyIdOf(key: KeyObject): Buffer {
  const publicKey = key.type === 'public' ? key : createPublicKey(key);
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);
}

export function toPem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function algorithmOf(key: KeyObject): readonly [string | null, Der] | undefined {
  return algorithms[key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? ''];
}

function missingAlgorithm(): never {
  throw new TypeError('a key of this kind cannot sign certificates');
}

/** One key signs or is certified over and over: its encoding is made once. */
const encodedKeys = new WeakMap<KeyObject, Der>();

function publicKeyInfo(key: KeyObject): Der {
  const known = encodedKeys.get(key) ?? decode(key.export({ type: 'spki', format: 'der' }));
  encodedKeys.set(key, known);
  return known;
}

/** 128 random bits with the sign bit cleared and the next one set: positive, never zero, one shortest form. */
function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}
