import type { Clock } from '../core/clock.js';
import { UsageError } from '../core/usage-error.js';
import { type IssuingAuthority, issuing } from './authority.js';
import { chainOf, checkValidity, parseCertificates } from './chain.js';
import type { Generation } from './generation.js';
import { readPemFile } from './pem-file.js';
import { parseKey } from './private-key.js';

/** The operator's own CA or intermediate, as the configuration names it. */
export interface OperatorFiles {
  /** Its certificate and those above it, in any order. */
  readonly cert_file: string;
  readonly key_file: string;
  /** What the key is encrypted with: the file's first line. */
  readonly key_passphrase_file?: string | undefined;
}

/**
 * Throws a `MissingError` for a file that is missing, unreadable or open to others, and for an expired CA; a `UsageError` for what
 * is not a CA that clients would accept, or a key that is not its key.
 */
export function loadFileAuthority(options: OperatorFiles & { readonly clock: Clock }): IssuingAuthority {
  const generation = readOperatorFiles(options);
  checkValidity(generation.chain, options.cert_file, options.clock.now());
  return issuing(generation, options.clock);
}

/** What is in the files, also where it has expired. Links are followed: that is how secrets are mounted in Kubernetes. */
export function readOperatorFiles(files: OperatorFiles): Generation {
  const { cert_file: file, key_file: keyFile, key_passphrase_file: passphraseFile } = files;
  const pem = readPemFile({ path: file, what: 'The CA certificate', secret: false });
  const certificates = parseCertificates(pem, file);
  const key = parseKey(
    readPemFile({ path: keyFile, what: 'The CA key', secret: true }),
    keyFile,
    passphraseFile === undefined ? undefined : readPassphrase(passphraseFile),
  );
  return { chain: chainOf(certificates, key, file, keyFile), key };
}

function readPassphrase(path: string): string {
  const [line = ''] = readPemFile({ path, what: "The passphrase of the CA's key", secret: true }).split(/\r?\n/, 1);
  if (line === '')
    throw new UsageError(`The first line of ${path} is empty: it should be the passphrase of the CA's key.`);
  return line;
}
