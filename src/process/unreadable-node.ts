import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  type Stats,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../core/error-code.js';

/** Execution alone: what Linux starts from a file that its user may not read can neither be traced nor dumped (execve(2)). */
const executeOnly = 0o111;
const hour = 3_600_000;
/** Milliseconds without a start after which a copy goes, when the next one is made. */
const keptUnused = 30 * 24 * hour;

/** Why there is no copy that can be used: a sentence for the operator. */
export class NoCopyError extends Error {}

/**
 * The path of a copy of the running Node that its own user may execute but not read. It is made once for each binary, and known
 * by what tells that binary from every other. Throws `NoCopyError`.
 */
export function unreadableNode(folder: string, source = '/proc/self/exe'): string {
  try {
    makeFolder(folder);
    const original = statSync(source);
    const { dev, ino, size, mtimeMs } = original;
    const path = join(folder, `node-${process.version}-${dev}-${ino}-${size}-${Math.trunc(mtimeMs)}`);
    if (!isOurs(path, original)) makeCopy(source, path);
    keepFresh(path);
    // Also refused where the file system is mounted without execution.
    accessSync(path, constants.X_OK);
    return path;
  } catch (error) {
    if (error instanceof NoCopyError) throw error;
    throw new NoCopyError(`no copy of Node could be kept in ${folder}`, { cause: error });
  }
}

/** Whoever can write to the folder decides which program gets the secrets: it is the user's alone, and so is the way to it. */
function makeFolder(folder: string): void {
  // Not recursively: Node never comes back from that where the system lets nobody make folders, as in /proc.
  for (const level of [dirname(folder), folder]) if (!existsSync(level)) makeUnlessThere(level);
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) {
    throw new NoCopyError(`${folder} is not a folder that this user alone can write to`);
  }
  for (let above = dirname(folder); above !== dirname(above); above = dirname(above)) {
    const { mode, uid } = statSync(above);
    const others = (mode & 0o002) !== 0 && (mode & 0o1000) === 0;
    if (others || (uid !== 0 && uid !== found.uid))
      throw new NoCopyError(`others can put another folder in place of ${folder}`);
  }
}

function makeUnlessThere(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process that starts now may have been quicker.
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** One that somebody made readable, linked or exchanged is not used but made anew. */
function isOurs(path: string, { size }: Stats): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return (
    found?.isFile() === true &&
    found.uid === process.getuid?.() &&
    (found.mode & 0o7777) === executeOnly &&
    found.nlink === 1 &&
    found.size === size
  );
}

/** It takes its place whole or not at all, so two processes that make it at once do not disturb each other. */
function makeCopy(source: string, path: string): void {
  removeUnused(dirname(path));
  const part = `${path}.part-${randomBytes(8).toString('hex')}`;
  try {
    copyFileSync(source, part, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    chmodSync(part, executeOnly);
    // A Node that looks for its libraries beside itself does not start elsewhere.
    const { status, stdout } = spawnSync(part, ['--version'], { env: {}, encoding: 'utf8', timeout: 10_000 });
    if (status !== 0 || stdout.trim() !== process.version) {
      throw new NoCopyError(`a copy of this Node does not start from ${dirname(path)}`);
    }
    renameSync(part, path);
  } finally {
    rmSync(part, { force: true });
  }
}

function removeUnused(folder: string): void {
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith('node-'))) {
    const found = lstatSync(join(folder, name), { throwIfNoEntry: false });
    const age = Date.now() - (found?.mtimeMs ?? 0);
    if (age > (name.includes('.part-') ? hour : keptUnused)) rmSync(join(folder, name), { force: true });
  }
}

function keepFresh(path: string): void {
  const now = new Date();
  try {
    if (now.getTime() - statSync(path).mtimeMs > 24 * hour) utimesSync(path, now, now);
  } catch {
    // A cache that cannot be written to serves all the same.
  }
}
