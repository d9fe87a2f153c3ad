import { type KeyObject, X509Certificate } from 'node:crypto';
import { MissingError, UsageError } from '../core/usage-error.js';
import { readAuthority } from './read-authority.js';

/** From the certificate that signs leaves upwards, as far as known. */
export type Chain = readonly [X509Certificate, ...X509Certificate[]];

/** The certificates of a PEM text, in its order. `file` is what messages name. */
export function parseCertificates(pem: string, file: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new UsageError(`The file ${file} holds no certificate in PEM.`);
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (error) {
    throw new UsageError(`The file ${file} holds a certificate that cannot be parsed.`, { cause: error });
  }
}

/**
 * The certificate of the key, and those above it, out of certificates in any order; others are left out.
 * Throws a `UsageError` where none is the key's, or where clients would refuse what it signs.
 */
export function chainOf(
  certificates: readonly X509Certificate[],
  key: KeyObject,
  file: string,
  keyFile: string,
): Chain {
  const first = certificates.find((candidate) => candidate.checkPrivateKey(key));
  if (first === undefined) throw new UsageError(`The key in ${keyFile} is not the key of the CA in ${file}.`);
  const chain: [X509Certificate, ...X509Certificate[]] = [first];
  for (let last = first; !isSelfSigned(last);) {
    const upper = certificates.find((candidate) => !chain.includes(candidate) && isSignedBy(last, candidate));
    if (upper === undefined) break;
    chain.push(upper);
    last = upper;
  }
  checkSigners(chain, file);
  return chain;
}

/** The self-signed end of a chain, where it is known. */
export function rootOf(chain: Chain): X509Certificate | undefined {
  return chain.find(isSelfSigned);
}

/** What a client has to trust: the root, else, where it is not known, the certificate that signs. */
export function trustOf(chain: Chain): X509Certificate {
  return rootOf(chain) ?? chain[0];
}

/** When the first of a chain ends, and so all of it. Milliseconds since the epoch. */
export function endOf(chain: Chain): number {
  return Math.min(...chain.map(({ validTo }) => Date.parse(validTo)));
}

/** Throws a `MissingError` for a chain of which a part has expired or does not hold yet. */
export function checkValidity(chain: Chain, file: string, now: number): void {
  for (const certificate of chain) {
    const which =
      certificate === chain[0]
        ? 'The CA certificate'
        : `The certificate ${subjectOf(certificate)}, which signs the CA,`;
    if (now >= Date.parse(certificate.validTo)) {
      throw new MissingError(`${which} in ${file} expired on ${certificate.validTo}.`);
    }
    if (now < Date.parse(certificate.validFrom)) {
      throw new MissingError(`${which} in ${file} is not valid before ${certificate.validFrom}.`);
    }
  }
}

/** The subject on one line. */
export function subjectOf({ subject }: X509Certificate): string {
  return subject.replace(/\n/g, ', ');
}

function isSignedBy(certificate: X509Certificate, upper: X509Certificate): boolean {
  return certificate.checkIssued(upper) && certificate.verify(upper.publicKey);
}

function isSelfSigned(certificate: X509Certificate): boolean {
  return isSignedBy(certificate, certificate);
}

/** What every client would refuse is said here, once, instead of by each of them in words of its own. */
function checkSigners(chain: Chain, file: string): void {
  chain.forEach((certificate, index) => {
    const about = `The certificate ${subjectOf(certificate)} in ${file}`;
    // Where there is a key usage, Node looks at it too.
    if (!certificate.ca) throw new UsageError(`${about} is not that of a CA.`);
    const { pathLength, signsForServers } = readAuthority(certificate.raw);
    if (!signsForServers) {
      throw new UsageError(`${about} may not sign for servers: its extended key usage lacks serverAuth.`);
    }
    if (pathLength !== undefined && pathLength < index) {
      throw new UsageError(`${about} allows ${pathLength} CAs below it (path length), and ${index} are.`);
    }
  });
}
