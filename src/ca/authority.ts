import { generateKeyPairSync, type X509Certificate } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import type { Authority } from '../core/message.js';
import { MissingError } from '../core/usage-error.js';
import { toPem } from './certificate.js';
import { endOf, trustOf } from './chain.js';
import { type Generation, makeGeneration } from './generation.js';
import { leafValidity, mintLeaf } from './leaf.js';
import { withoutRoot } from './ring.js';
import { issuerOf, type RootOptions } from './root.js';

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
  /** What a client has to trust: the self-signed root where it is known, else the CA's own certificate; two during a rotation. */
  readonly trustPem: string;
  /** Throws a `MissingError` once the CA, or one above it, has expired. */
  issue(host: Pick<Authority, 'host'>): IssuedLeaf;
}

/**
 * A CA that lives and dies with this process. With `permit` it is name-constrained:
 * a client accepts it for nothing else, whoever holds its key.
 */
export function createMemoryAuthority(options: RootOptions): IssuingAuthority {
  return issuing(makeGeneration(options), options.clock);
}

/**
 * Issues with a CA. `beside` is sent after its own chain.
 * One leaf key serves it all its life: it never leaves the process, and what holds one leaf's key holds them all anyway.
 */
export function issuing(
  generation: Generation,
  clock: Clock,
  beside: readonly X509Certificate[] = [],
): IssuingAuthority {
  const { chain, key } = generation;
  const [certificate] = chain;
  const issuer = issuerOf({ certificate, key });
  const begins = Math.max(...chain.map(({ validFrom }) => Date.parse(validFrom)));
  const ends = endOf(chain);
  const chainPem = [...withoutRoot(chain), ...beside].map((member) => member.toString()).join('');
  const leafKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyPem = leafKey.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    certificatePem: certificate.toString(),
    certificateDer: certificate.raw,
    chainPem,
    trustPem: trustOf(chain).toString(),
    issue: ({ host }) => {
      // Canonical hosts hold no such thing: a leaf for it would be good for hosts that no policy names.
      if (!/^[a-z0-9_.:-]+$/.test(host)) throw new TypeError('a leaf is for one host in canonical form');
      const validity = leafValidity(clock.now(), begins, ends);
      if (validity.notAfter <= clock.now()) {
        throw new MissingError(`The interception CA expired on ${new Date(ends).toUTCString()}.`);
      }
      const leaf = mintLeaf(issuer, [host], leafKey.publicKey, validity);
      return { certificatePem: toPem(leaf) + chainPem, keyPem, notAfter: validity.notAfter };
    },
  };
}
