import { readRing, ringPaths } from '../ca/directory.js';
import { readOperatorFiles } from '../ca/operator-files.js';
import type { Ring } from '../ca/ring.js';
import type { Config } from '../config/load.js';
import { MissingError } from '../core/usage-error.js';

/** The CA of a configuration, as it is on disk; reading it makes nothing. */
export interface CaOnDisk {
  readonly mode: 'generate' | 'files';
  /** The file of certificates, and the file of the key. */
  readonly certificate: string;
  readonly key: string;
  readonly ring: Ring;
}

/** Throws a `MissingError` for a CA that is only in the memory of a process, is not there, or cannot be read. */
export function readCa({ ca }: Config): CaOnDisk {
  switch (ca.mode) {
    case 'memory':
      throw new MissingError(
        'with `ca: { mode: memory }` the CA lives and ends with the process that made it: there is nothing on disk.',
      );
    case 'generate':
      return { mode: ca.mode, ...ringPaths(ca.dir), ring: readRing(ca.dir).ring };
    case 'files':
      return { mode: ca.mode, certificate: ca.cert_file, key: ca.key_file, ring: { active: readOperatorFiles(ca) } };
  }
}
