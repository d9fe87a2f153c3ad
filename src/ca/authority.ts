import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import type { Authority } from '../core/message.js';
import { MissingError, UsageError } from '../core/usage-error.js';
import { canSign, type Issuer, keyIdOf, readAuthority, toPem } from './certificate.js';
import { encode } from './der.js';
import { openPair } from './directory.js';
import { nameConstraints } from './extensions.js';
import { leafValidity, mintLeaf } from './leaf.js';
import { readPemFile } from './pem-file.js';
import { makeRoot, type RootOptions } from './root.js';

export interface IssuedLeaf {
  /** The leaf, and what has to be sent after it. */
  readonly certificatePem: string;
  readonly keyPem: string;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

/** The interception CA: signs certificates for the hosts that the proxy speaks for. */
export interface IssuingAuthority {
  /** The certificate that signs the leaves. */
  readonly certificatePem: string;
  readonly certificateDer: Buffer;
  /** What is sent after a leaf: empty for a self-signed CA, else the CA and the intermediates above it. */
  readonly chainPem: string;
  /** What a client has to trust: the self-signed root where it is known, else the CA's own certificate. */
  readonly trustPem: string;
  /** Throws a `MissingError` once the CA itself has expired. */
  issue(host: Pick<Authority, 'host'>): IssuedLeaf;
}

/**
 * A CA that lives and dies with this process. With `permit` it is name-constrained:
 * a client accepts it for nothing else, whoever holds its key.
 */
export function createMemoryAuthority(options: RootOptions): IssuingAuthority {
  const { certificate, key } = makeRoot(options);
  return issuing([certificate], key, options.clock);
}

/**
 * The operator's own CA or intermediate: `cert_file` begins with its certificate, the ones above it may follow.
 * Throws a `MissingError` for a file that is missing, unreadable or open to others, and for an expired CA;
 * a `UsageError` for what is not a CA, or a key that is not its key.
 */
export function loadFileAuthority(options: {
  readonly cert_file: string;
  readonly key_file: string;
  readonly clock: Clock;
}): IssuingAuthority {
  const { cert_file: file, key_file: keyFile, clock } = options;
  const chain = parseChain(readPemFile(file, 'The CA certificate', false), file);
  const key = parseKey(readPemFile(keyFile, 'The CA key', true), keyFile);
  const [certificate] = chain;
  if (!certificate.ca) throw new UsageError(`The certificate in ${file} is not that of a CA.`);
  if (!certificate.checkPrivateKey(key))
    throw new UsageError(`The key in ${keyFile} is not the key of the CA in ${file}.`);
  if (clock.now() >= Date.parse(certificate.validTo)) {
    throw new MissingError(`The CA certificate ${file} expired on ${certificate.validTo}.`);
  }
  if (clock.now() < Date.parse(certificate.validFrom)) {
    throw new MissingError(`The CA certificate ${file} is not valid before ${certificate.validFrom}.`);
  }
  return issuing(chain, key, clock);
}

/**
 * The CA in `dir`, made there the first time (`ca.pem`, and `ca-key.pem` with mode 0600).
 * Throws a `MissingError` where a half is missing or unreadable, and a `UsageError` where it was made for other names.
 */
export function openGeneratedAuthority(options: {
  readonly dir: string;
  readonly permit?: readonly string[] | undefined;
  readonly clock: Clock;
}): IssuingAuthority {
  const { dir, permit, clock } = options;
  const paths = openPair(dir, () => {
    const { certificate, key } = makeRoot({ permit, clock });
    return { certificatePem: certificate.toString(), keyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
  });
  const authority = loadFileAuthority({ cert_file: paths.certificate, key_file: paths.key, clock });
  const wanted = permit === undefined ? undefined : encode(nameConstraints(permit));
  const found = readAuthority(authority.certificateDer).nameConstraints;
  if (wanted === undefined ? found !== undefined : found?.equals(wanted) !== true) {
    throw new UsageError(
      `The CA in ${dir} was made for other names than \`ca.permit\` now says: remove ca.pem and ca-key.pem there to have a new one made.`,
    );
  }
  return authority;
}

type Chain = readonly [X509Certificate, ...X509Certificate[]];

/** One leaf key serves the whole process: it never leaves it, and what holds one leaf's key holds them all anyway. */
function issuing(chain: Chain, key: KeyObject, clock: Clock): IssuingAuthority {
  const [certificate] = chain;
  const { name, keyId = keyIdOf(certificate.publicKey) } = readAuthority(certificate.raw);
  const issuer: Issuer = { name, key, keyId };
  const ends = Date.parse(certificate.validTo);
  const root = chain.find(selfSigned);
  const chainPem = chain
    .filter((member) => member !== root)
    .map((member) => member.toString())
    .join('');
  const leafKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyPem = leafKey.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    certificatePem: certificate.toString(),
    certificateDer: certificate.raw,
    chainPem,
    trustPem: (root ?? certificate).toString(),
    issue: ({ host }) => {
      const validity = leafValidity(clock.now(), ends);
      if (validity.notAfter <= clock.now())
        throw new MissingError(`The interception CA expired on ${certificate.validTo}.`);
      const leaf = mintLeaf(issuer, [host], leafKey.publicKey, validity);
      return { certificatePem: toPem(leaf) + chainPem, keyPem, notAfter: validity.notAfter };
    },
  };
}

function selfSigned(certificate: X509Certificate): boolean {
  return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
}

function parseChain(pem: string, file: string): Chain {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    const [first, ...rest] = blocks.map((block) => new X509Certificate(block));
    if (first !== undefined) return [first, ...rest];
  } catch (error) {
    throw new UsageError(`The file ${file} holds a certificate that cannot be parsed.`, { cause: error });
  }
  throw new UsageError(`The file ${file} holds no certificate in PEM.`);
}

function parseKey(pem: string, file: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The cause stays behind: nothing that was read from a key file goes into an error.
    throw new UsageError(`The file ${file} holds no private key in PEM without a passphrase.`);
  }
  if (canSign(key)) return key;
  throw new UsageError(`The key in ${file} is of a kind that cannot be used: P-256, P-384, P-521, RSA or Ed25519 can.`);
}
