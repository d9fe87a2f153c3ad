import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { MissingError } from '../core/usage-error.js';

export interface PemFile {
  readonly path: string;
  /** Names it in errors, as in "The CA key". */
  readonly what: string;
  /** Refused where others than its owner can read or write it. */
  readonly secret: boolean;
  /** Refused where it is a link, or no file: what we made ourselves is neither. */
  readonly own?: boolean;
}

/** Undefined on Windows, whatever the types say. */
const { O_NOFOLLOW: noFollow = 0 } = constants as { readonly O_NOFOLLOW?: number };
/** No certificate or key is longer; a mistaken path may lead to something without end. */
const longest = 1024 * 1024;

/** Reads a PEM file. Throws a `MissingError` that tells missing from unreadable, and says what is wrong with its mode. */
export function readPemFile({ path, what, secret, own = false }: PemFile): string {
  let file: number;
  try {
    // The look before also keeps away from pipes, which would be waited for; the flag leaves no gap after it.
    if (own && !lstatSync(path).isFile())
      throw new MissingError(`${what} ${path} is a link, or no file: put the file itself there.`);
    file = openSync(path, constants.O_RDONLY | (own ? noFollow : 0));
  } catch (error) {
    throw error instanceof MissingError ? error : unreadable(path, what, error);
  }
  try {
    // Mode and size are those of the opened file, so that nothing can be put in its place in between.
    const found = fstatSync(file);
    const mode = found.mode & 0o777;
    if (secret && process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new MissingError(
        `${what} ${path} is open to others than its owner (mode 0${mode.toString(8)}): make it 0600.`,
      );
    }
    if (found.size > longest || found.isCharacterDevice()) {
      throw new MissingError(`${what} ${path} is not a PEM file: it is longer than 1 MiB.`);
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
