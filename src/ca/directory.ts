import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MissingError } from '../core/usage-error.js';
import { errorCode } from './pem-file.js';

export interface PairPaths {
  readonly certificate: string;
  readonly key: string;
}

/** Another process that is making the pair at this moment gets this long to finish it. */
const patience = { rounds: 80, pause: 25 };

/**
 * Where the generated CA stands in `dir`, made there first if neither of its two files exists.
 * The key is created exclusively and written before the certificate appears by rename: of two processes at once one makes
 * the pair and the other finds it, and a certificate is never seen without its key.
 * Throws a `MissingError` where only one of the two is there: a lost half is for its owner to restore, not to replace silently.
 */
export function openPair(dir: string, make: () => { certificatePem: string; keyPem: string }): PairPaths {
  const paths = { certificate: join(dir, 'ca.pem'), key: join(dir, 'ca-key.pem') };
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    if (!exists(paths.certificate) && !exists(paths.key)) createPair(dir, paths, make);
    for (let round = 0; round < patience.rounds && exists(paths.key) && !exists(paths.certificate); round += 1) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, patience.pause);
    }
    checkHalves(paths);
    checkFolder(dir);
  } catch (error) {
    if (error instanceof MissingError) throw error;
    throw new MissingError(`The CA in ${dir} cannot be opened or made there (${errorCode(error)}).`, { cause: error });
  }
  return paths;
}

function createPair(dir: string, paths: PairPaths, make: () => { certificatePem: string; keyPem: string }): void {
  chmodSync(dir, 0o700);
  let file: number;
  try {
    file = openSync(paths.key, 'wx', 0o600);
  } catch (error) {
    // Another process was first: its pair is as good as ours.
    if (errorCode(error) === 'EEXIST') return;
    throw error;
  }
  const { certificatePem, keyPem } = make();
  write(file, keyPem);
  const temporary = `${paths.certificate}.new`;
  write(openSync(temporary, 'w', 0o644), certificatePem);
  renameSync(temporary, paths.certificate);
}

function write(file: number, text: string): void {
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function checkHalves({ certificate, key }: PairPaths): void {
  if (exists(certificate) && exists(key)) return;
  const [lost, left] = exists(certificate) ? [key, certificate] : [certificate, key];
  throw new MissingError(
    `${lost} is missing though ${left} is there: restore it, or remove both to have a new CA made.`,
  );
}

/** Whoever may write in the folder may put another CA in the place of ours. */
function checkFolder(dir: string): void {
  const mode = statSync(dir).mode & 0o777;
  if (process.platform === 'win32' || (mode & 0o022) === 0) return;
  throw new MissingError(`The CA folder ${dir} can be written by others (mode 0${mode.toString(8)}): make it 0700.`);
}

/** Throws where it cannot be told: unreadable is not missing. */
function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
