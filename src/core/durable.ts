import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode } from './error-code.js';

/** Puts a file in place whole or not at all, also if the process or the machine stops in between. Throws what the file system does. */
export function replaceFile(path: string, text: string | Buffer, mode: number): void {
  const draft = writeDraft(path, text, mode);
  try {
    renameSync(draft, path);
  } catch (error) {
    removeFile(draft);
    throw error;
  }
  syncFolder(dirname(path));
}

/** The same for a file that must not be there yet. False where it is: nothing has changed then. */
export function createFile(path: string, text: string, mode: number): boolean {
  const draft = writeDraft(path, text, mode);
  try {
    linkSync(draft, path);
  } catch (error) {
    // Where the draft is gone, another process found the file in place and tidied up.
    if (errorCode(error) === 'EEXIST' || errorCode(error) === 'ENOENT') return false;
    throw error;
  } finally {
    removeFile(draft);
  }
  syncFolder(dirname(path));
  return true;
}

/** What a process that was stopped has left of `path`. */
export function removeDrafts(path: string): void {
  const prefix = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    if (name.startsWith(prefix) && /^[0-9a-f]{16}\.new$/.test(name.slice(prefix.length))) {
      removeFile(join(dirname(path), name));
    }
  }
}

export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

function writeDraft(path: string, text: string | Buffer, mode: number): string {
  const draft = `${path}.${randomBytes(8).toString('hex')}.new`;
  const file = openSync(draft, 'wx', mode);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } catch (error) {
    removeFile(draft);
    throw error;
  } finally {
    closeSync(file);
  }
  return draft;
}

/** A name is on the disk once its folder is. Windows cannot open folders, and needs no such call. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
