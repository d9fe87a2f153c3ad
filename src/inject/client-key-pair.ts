import { createHash, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';

/** What a secret holds of a client certificate: PEM (RFC 7468). */
export interface KeyPairTexts {
  /** May hold more than certificates. */
  readonly certificate: string;
  /** May hold more than the key. */
  readonly key: string;
  /** Intermediates, or empty. */
  readonly chain: string;
  readonly passphrase: string | undefined;
}

export interface KeyPair {
  /** Of what is shown: certificate and intermediates. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** A context that shows it. Throws `secret_unavailable` where OpenSSL does not take it. */
  readonly contextWith: (options: SecureContextOptions) => SecureContext;
}

/**
 * Reads a certificate and its private key, once for a version of the secret. Throws `secret_unavailable`, whose cause says what is
 * wrong with them and repeats nothing of them: OpenSSL's own messages never go on.
 */
export function openKeyPair(secret: string, { certificate, key, chain, passphrase }: KeyPairTexts): KeyPair {
  const [first, ...others] = certificatesIn(certificate);
  if (first === undefined) throw wrong(secret, 'holds no certificate in PEM');
  const leaf = certificateFrom(secret, first);
  const privateKey = keyFrom(secret, key, passphrase);
  if (!leaf.checkPrivateKey(privateKey)) throw wrong(secret, 'holds a private key that is not that of its certificate');
  const cert = [first, ...others, ...certificatesIn(chain)].join('\n');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  return {
    id: createHash('sha256').update(cert).digest('hex'),
    notBefore: Date.parse(leaf.validFrom),
    notAfter: Date.parse(leaf.validTo),
    contextWith(options) {
      try {
        return createSecureContext({ ...options, cert, key: pem });
      } catch {
        // A key that is too short, or a digest that is too weak, for OpenSSL's level of security.
        throw wrong(
          secret,
          'holds a certificate or private key that OpenSSL does not take: too weak, or of an odd kind',
        );
      }
    },
  };
}

/** Throws `secret_unavailable` outside its time: the destination would refuse it. `now` in milliseconds since 1970. */
export function checkTime(secret: string, { notBefore, notAfter }: KeyPair, now: number): void {
  if (now > notAfter) throw wrong(secret, `holds a certificate that has expired on ${dayOf(notAfter)}`);
  if (now < notBefore) throw wrong(secret, `holds a certificate that is not valid before ${dayOf(notBefore)}`);
}

function dayOf(time: number): string {
  return new Date(time).toISOString();
}

interface Block {
  readonly label: string;
  readonly text: string;
}

function blocksIn(pem: string): readonly Block[] {
  const blocks = pem.matchAll(/-----BEGIN ([A-Z0-9 ]{1,64})-----(?:[^-]|-(?!----))*-----END \1-----/g);
  return Array.from(blocks, ([text, label = '']) => ({ label, text }));
}

function certificatesIn(pem: string): readonly string[] {
  return blocksIn(pem).flatMap(({ label, text }) => (/^(?:X509 )?CERTIFICATE$/.test(label) ? [text] : []));
}

function certificateFrom(secret: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw wrong(secret, 'holds a certificate that cannot be read');
  }
}

function keyFrom(secret: string, pem: string, passphrase: string | undefined): KeyObject {
  const block = blocksIn(pem).find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (block === undefined) throw wrong(secret, 'holds no private key in PEM');
  // The second is the old way (RFC 1421 section 4.6.1.1), which OpenSSL still writes.
  const isEncrypted = block.label === 'ENCRYPTED PRIVATE KEY' || /^Proc-Type: ?4,ENCRYPTED/m.test(block.text);
  if (isEncrypted && passphrase === undefined) {
    throw wrong(secret, 'holds a private key that is encrypted, and the policy names no passphrase');
  }
  try {
    return createPrivateKey({ key: block.text, format: 'pem', ...(isEncrypted ? { passphrase } : {}) });
  } catch {
    const why = isEncrypted ? 'cannot be read with its passphrase' : 'cannot be read';
    throw wrong(secret, `holds a private key that ${why}`);
  }
}

function wrong(secret: string, why: string): Refusal {
  return new Refusal('secret_unavailable', { cause: new Reason(`the secret ${secret} ${why}`) });
}
