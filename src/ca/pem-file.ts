import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { MissingError } from '../core/usage-error.js';

/**
 * Reads a PEM file. `what` names it in errors, as in "The CA key". Throws a `MissingError` that tells missing from unreadable,
 * and where the file is `secret`, one that others than its owner can read or write.
 */
export function readPemFile(path: string, what: string, secret: boolean): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw unreadable(path, what, error);
  }
  try {
    // The mode is that of the opened file, so that nothing can be put in its place in between.
    const mode = fstatSync(file).mode & 0o777;
    if (secret && process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new MissingError(
        `${what} ${path} is open to others than its owner (mode 0${mode.toString(8)}): make it 0600.`,
      );
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw error instanceof MissingError ? error : unreadable(path, what, error);
  } finally {
    closeSync(file);
  }
}

function unreadable(path: string, what: string, error: unknown): MissingError {
  const code = errorCode(error);
  return code === 'ENOENT'
    ? new MissingError(`${what} ${path} is missing.`, { cause: error })
    : new MissingError(`${what} ${path} cannot be read (${code}).`, { cause: error });
}

/** The system's code of an error, such as ENOENT. */
export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}
