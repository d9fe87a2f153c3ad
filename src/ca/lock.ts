import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { MissingError } from '../core/usage-error.js';
import { createFile, removeDrafts, removeFile } from '../core/durable.js';
import { errorCode } from './pem-file.js';

/**
 * Does something while no other process does the same with the file `path` held. A lock whose process has ended on this machine is
 * taken over; one of another machine is for the operator to judge. Throws a `MissingError` where another process holds it.
 */
export function withLock<T>(path: string, action: () => T): T {
  const mine = `${hostname()} ${process.pid}\n`;
  if (!createFile(path, mine, 0o600)) {
    const holder = read(path);
    if (!isAbandoned(holder)) {
      throw new MissingError(
        `Another process (${holder.trim() || 'just ended'}) is at work here: try again. If there is none, remove ${path}.`,
      );
    }
    removeFile(path);
    if (!createFile(path, mine, 0o600))
      throw new MissingError(`Another process was quicker to take ${path}: try again.`);
  }
  try {
    removeDrafts(path);
    return action();
  } finally {
    if (read(path) === mine) removeFile(path);
  }
}

function isAbandoned(holder: string): boolean {
  const [host, pid] = holder.trim().split(' ');
  if (host !== hostname() || !/^[1-9]\d{0,9}$/.test(pid ?? '')) return false;
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return errorCode(error) === 'ESRCH';
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // It was released in this moment.
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}
