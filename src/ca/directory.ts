import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MissingError, UsageError } from '../core/usage-error.js';
import { chainOf, parseCertificates, subjectOf } from './chain.js';
import { createFile, replaceFile } from '../core/durable.js';
import { errorCode, readPemFile } from './pem-file.js';
import { parseKey } from './private-key.js';
import { formatRing, isRing, parseRing, type Ring, trustedBy } from './ring.js';

export interface RingPaths {
  /** What clients have to trust: made from the other, for them to be given. */
  readonly certificate: string;
  /** Keys and certificates, all in one file. */
  readonly key: string;
}

export function ringPaths(dir: string): RingPaths {
  return { certificate: join(dir, 'ca.pem'), key: join(dir, 'ca-key.pem') };
}

/**
 * The generated CA in `dir`, made there first if neither of its two files exists; `ca.pem` is brought up to it.
 * Of two processes at once one makes it, and the other finds it. Throws a `MissingError` where the key is missing though a
 * certificate is there: what is lost is for its owner to restore, not to replace silently.
 */
export function openRing(dir: string, make: () => Ring): Ring {
  return explained(dir, () => {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const paths = ringPaths(dir);
    // In this order: the key is there before its certificate is.
    if (!exists(paths.certificate) && !exists(paths.key)) {
      shutFolder(dir);
      checkFolder(dir);
      createFile(paths.key, formatRing(make()), 0o600);
    }
    return openPublished(dir, []);
  });
}

/** The generated CA in `dir` and the text it was read from. Throws a `MissingError` where there is none. Writes nothing. */
export function readRing(dir: string): { readonly ring: Ring; readonly text: string } {
  return explained(dir, () => {
    const { certificate, key } = ringPaths(dir);
    if (!exists(key)) {
      throw new MissingError(
        exists(certificate)
          ? `${key} is missing though ${certificate} is there: restore it, or remove both to have a new CA made.`
          : `There is no CA in ${dir} yet: \`keywright serve\` makes it when it first starts.`,
      );
    }
    checkFolder(dir);
    const text = readPemFile({ path: key, what: 'The CA key', secret: true, own: true });
    return { ring: isRing(text) ? parseRing(text, key) : readPair(text, certificate, key), text };
  });
}

/** Puts `ring` in the place of what `before` was read from: all of it or, where that has changed since, nothing. */
export function replaceRing(dir: string, before: string, ring: Ring): void {
  explained(dir, () => {
    const { key } = ringPaths(dir);
    if (readPemFile({ path: key, what: 'The CA key', secret: true, own: true }) !== before) {
      throw new MissingError(
        `The CA in ${dir} was changed by another process in this moment: look at it and try again.`,
      );
    }
    replaceFile(key, formatRing(ring), 0o600);
  });
}

/** A rotation may go on while this is under way: what is found to be wrong counts only if the ring is still the same after it. */
function openPublished(dir: string, before: readonly Ring[]): Ring {
  const { ring, text } = readRing(dir);
  const known = [...before, ring];
  const changed = (): boolean => known.length < 8 && readRing(dir).text !== text;
  try {
    publishWherePossible(dir, ring, known);
  } catch (error) {
    if (!changed()) throw error;
  }
  return changed() ? openPublished(dir, known) : ring;
}

/**
 * Brings `ca.pem` up to `ring`. Throws a `MissingError` where it holds a certificate that is none of `known`: somebody else's in
 * the place that clients take theirs from is to be looked at, not to be written over.
 */
export function publish(dir: string, ring: Ring, known: readonly Ring[]): void {
  explained(dir, () => {
    const { certificate: path } = ringPaths(dir);
    const wanted = trustPem(ring);
    if (exists(path)) {
      const found = readPemFile({ path, what: 'The CA certificate', secret: false, own: true });
      if (found === wanted) return;
      const ours = known.flatMap((one) => [...one.active.chain, ...trustedBy(one)]);
      const foreign = parseCertificates(found, path).find(({ raw }) => !ours.some((one) => one.raw.equals(raw)));
      if (foreign !== undefined) {
        throw new MissingError(
          `${path} holds a certificate that is not of this CA (${subjectOf(foreign)}): find out who put it there, and remove the file to have it written anew.`,
        );
      }
    }
    replaceFile(path, wanted, 0o644);
  });
}

/** What clients have to trust, in PEM. */
export function trustPem(ring: Ring): string {
  return trustedBy(ring)
    .map((certificate) => certificate.toString())
    .join('');
}

/** In a folder that is mounted to be read only, whoever writes to it elsewhere publishes. */
function publishWherePossible(dir: string, ring: Ring, known: readonly Ring[]): void {
  try {
    publish(dir, ring, known);
  } catch (error) {
    const code = error instanceof MissingError ? errorCode(error.cause) : undefined;
    if (code !== 'EROFS' && code !== 'EACCES' && code !== 'EPERM') throw error;
  }
}

/** As version 0.1.0 wrote it: the key alone, its certificate in the other file. */
function readPair(text: string, certificate: string, key: string): Ring {
  if (!exists(certificate)) {
    throw new MissingError(
      `${certificate} is missing though ${key} is there: restore it, or remove both to have a new CA made.`,
    );
  }
  const found = parseCertificates(
    readPemFile({ path: certificate, what: 'The CA certificate', secret: false, own: true }),
    certificate,
  );
  const privateKey = parseKey(text, key);
  return { active: { chain: chainOf(found, privateKey, certificate, key), key: privateKey } };
}

/** A folder for the CA and nothing else becomes its owner's alone; another one is left as it is, and refused if others may write. */
function shutFolder(dir: string): void {
  const alone = readdirSync(dir).every((name) => /^(?:README\.md|\.git(?:ignore|keep))$/.test(name));
  if (alone) chmodSync(dir, 0o700);
}

/** Whoever may write in the folder may put another CA in the place of ours. */
function checkFolder(dir: string): void {
  if (process.platform === 'win32') return;
  const { mode, uid } = statSync(dir);
  if ((mode & 0o022) !== 0) {
    throw new MissingError(
      `The CA folder ${dir} can be written by others (mode 0${(mode & 0o777).toString(8)}): make it 0700.`,
    );
  }
  // Root looks through mounts whose owners have other numbers; everybody else has no business in a folder of somebody else's.
  const self = process.getuid?.() ?? 0;
  if (self !== 0 && uid !== self && uid !== 0) {
    throw new MissingError(`The CA folder ${dir} belongs to another user (${uid}), who could put another CA there.`);
  }
}

/** Throws where it cannot be told: unreadable is not missing. A link to nowhere is there. */
function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function explained<T>(dir: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof MissingError || error instanceof UsageError || error instanceof TypeError) throw error;
    throw new MissingError(`The CA in ${dir} cannot be opened or made there (${errorCode(error)}).`, { cause: error });
  }
}
