import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { errorCode } from '../core/error-code.js';
import { MissingError } from '../core/usage-error.js';

const largest = 4096;

/**
 * The credentials for the upstream proxy, with the password from its file, less one newline at its end. Throws `MissingError` where the
 * file is missing, open to others than its owner, or holds what no Basic password is (RFC 7617 section 2); never with a part of it.
 */
export function proxyCredentials(
  username: string,
  file: string,
): { readonly username: string; readonly password: string } {
  const bytes = readSecretFile(file);
  const password = bytes.toString('utf8').replace(/\r?\n$/, '');
  const isText = Buffer.from(bytes.toString('utf8')).equals(bytes);
  if (password === '' || bytes.length > largest || !isText || /[\x00-\x1f\x7f]/.test(password)) {
    throw wrong(file, 'does not hold a password: one line of text');
  }
  return { username, password };
}

/** Opened without waiting, and looked at as what was opened: no pipe holds the start up, and nothing is put in its place in between. */
function readSecretFile(path: string): Buffer {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (!stats.isFile()) throw wrong(path, 'is not a regular file');
    if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
      throw wrong(path, `is open to others than its owner (mode 0${(stats.mode & 0o777).toString(8)}): make it 0600`);
    }
    return readFileSync(file);
  } catch (error) {
    if (error instanceof MissingError) throw error;
    const code = errorCode(error) ?? 'unknown error';
    throw wrong(path, code === 'ENOENT' ? 'is missing' : `cannot be read (${code})`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function wrong(path: string, what: string): MissingError {
  return new MissingError(`the password file of the upstream proxy ${path} ${what}.`);
}
