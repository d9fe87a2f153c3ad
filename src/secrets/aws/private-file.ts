import { constants, open } from 'node:fs/promises';
import { errorCode } from '../../core/error-code.js';
import { AwsFailure } from './failure.js';

const largest = 64 * 1024;
/** Others than the owner could put keys of theirs there. */
const writableByOthers = 0o022;

export interface PrivateFile {
  readonly text: string;
  /** Whether others than its owner can read it. */
  readonly isOpen: boolean;
}

/** A file that others cannot write to; undefined where there is none. Rejects with `AwsFailure`. */
export async function privateFile(path: string): Promise<PrivateFile | undefined> {
  try {
    return await read(path);
  } catch (error) {
    if (error instanceof AwsFailure) throw error;
    const code = errorCode(error) ?? 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new AwsFailure(`the file ${path} cannot be read (${code})`, 'missing');
  }
}

/** Opened without waiting: a named pipe in its place would otherwise hold a thread for ever. */
async function read(path: string): Promise<PrivateFile> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new AwsFailure(`${path} is not a regular file`, 'missing');
    if ((stats.mode & writableByOthers) !== 0) {
      throw new AwsFailure(`the file ${path} can be written by others than its owner: chmod go-w`, 'missing');
    }
    if (stats.size > largest) throw new AwsFailure(`the file ${path} is larger than ${largest} bytes`, 'missing');
    return { text: await handle.readFile('utf8'), isOpen: (stats.mode & 0o077) !== 0 };
  } finally {
    await handle.close();
  }
}
