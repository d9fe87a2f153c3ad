import tls from 'node:tls';
import { trustOf } from './trust.js';

export interface ClientTrust {
  /** Trusted instead of the usual roots. */
  readonly caPem: string | undefined;
  readonly certPem: string | undefined;
  readonly keyPem: string | undefined;
  /** Trusted besides the usual roots, where there is no `caPem`. */
  readonly trust: readonly string[];
}

/** What a connection to a backend is verified with, and what is shown of ourselves. Throws for PEM that cannot be read. */
export function secureContextFor({ caPem, certPem, keyPem, trust }: ClientTrust): tls.SecureContext {
  if (caPem === undefined && certPem === undefined) return trustOf(trust.length === 0 ? undefined : trust).context;
  return tls.createSecureContext({
    minVersion: 'TLSv1.2',
    ...(caPem === undefined ? usualRoots(trust) : { ca: caPem }),
    ...(certPem !== undefined && { cert: certPem }),
    ...(keyPem !== undefined && { key: keyPem }),
  });
}

/** Nothing at all means the usual ones. */
function usualRoots(trust: readonly string[]): { ca?: string[] } {
  return trust.length === 0 ? {} : { ca: [...tls.rootCertificates, ...trust] };
}
