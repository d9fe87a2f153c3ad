import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { keyIdOf, nameOf, signCertificate } from '../../src/ca/certificate.js';
import { type Der, encode, objectId, octets, sequence, yes } from '../../src/ca/der.js';
import {
  authorityConstraints,
  authorityKeyIdentifier,
  authorityUsage,
  extensionIds,
  subjectKeyIdentifier,
} from '../../src/ca/extensions.js';

export interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface Member {
  readonly certificate: X509Certificate;
  readonly pem: string;
  readonly key: KeyObject;
  readonly keyPem: string;
}

const day = 86_400_000;

/** basicConstraints of a CA without a path length. */
export const anyPathLength = sequence(objectId(extensionIds.basicConstraints), yes, octets(encode(sequence(yes))));

export const newKeys = {
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'P-521': () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  'RSA 2048': () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  Ed25519: () => generateKeyPairSync('ed25519'),
} as const;

/** A CA as companies have it: any key, any extensions, signed by another or by itself. */
export function member(
  name: string,
  options: {
    readonly by?: Member;
    readonly keys?: Pair;
    /** Instead of: a CA with any number of CAs below, that signs certificates. */
    readonly extensions?: readonly Der[];
    /** Days from now. */
    readonly days?: number;
  } = {},
): Member {
  const { by, keys = newKeys['P-256'](), extensions = [anyPathLength, authorityUsage], days = 30 } = options;
  const keyId = keyIdOf(keys.publicKey);
  const signer =
    by === undefined
      ? { name: nameOf(name), key: keys.privateKey, keyId }
      : { name: nameOf(/CN=(.*)/.exec(by.certificate.subject)?.[1] ?? ''), key: by.key, keyId: keyIdOf(by.key) };
  const notAfter = Date.now() + days * day;
  const der = signCertificate(signer, {
    subject: nameOf(name),
    publicKey: keys.publicKey,
    validity: { notBefore: Math.min(Date.now(), notAfter) - day, notAfter },
    extensions: [...extensions, subjectKeyIdentifier(keyId), authorityKeyIdentifier(signer.keyId)],
  });
  const certificate = new X509Certificate(der);
  const keyPem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certificate, pem: certificate.toString(), key: keys.privateKey, keyPem };
}

/** An RSA root, and a P-384 intermediate below which no CA may stand. */
export function corporate(): { readonly root: Member; readonly intermediate: Member } {
  const root = member('Corporate root', { keys: newKeys['RSA 2048']() });
  const extensions = [authorityConstraints(0), authorityUsage];
  return { root, intermediate: member('Corporate intermediate', { by: root, keys: newKeys['P-384'](), extensions }) };
}
