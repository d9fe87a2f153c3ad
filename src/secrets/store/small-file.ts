import type { BigIntStats } from 'node:fs';
import { constants, open, type FileHandle } from 'node:fs/promises';
import { errorCode } from '../../core/error-code.js';
import { MissingError } from '../../core/usage-error.js';

export interface SmallFile {
  readonly path: string;
  /** Names it in errors, as in "the store". */
  readonly what: string;
  /** Bytes. */
  readonly most: number;
  /** Bits of the mode that must not be set, and what to do where one is. */
  readonly refused: number;
  readonly instead: string;
}

export interface FoundFile {
  readonly bytes: Buffer;
  readonly stats: BigIntStats;
}

/**
 * A regular file, whole; links are followed, as that is how Kubernetes mounts. Undefined where there is none. Throws a `MissingError`.
 * Opened without waiting: a named pipe in its place would hold us for ever. Mode and size are those of what was opened.
 */
export async function readSmallFile({ path, what, most, refused, instead }: SmallFile): Promise<FoundFile | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw new MissingError(`${what} ${path} is not a regular file.`);
    if (process.platform !== 'win32' && (Number(stats.mode) & refused) !== 0) {
      throw new MissingError(`${what} ${path} is open to others than its owner: ${instead}.`);
    }
    const bytes = await readAtMost(handle, most + 1);
    if (bytes.length > most) throw new MissingError(`${what} ${path} is larger than ${most} bytes.`);
    return { bytes, stats };
  } catch (error) {
    if (error instanceof MissingError) throw error;
    const code = errorCode(error) ?? 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new MissingError(`${what} ${path} cannot be read (${code}).`, { cause: error });
  } finally {
    await handle?.close();
  }
}

async function readAtMost(handle: FileHandle, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let length = 0; length < most;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(64 * 1024, most - length)));
    if (bytesRead === 0) break;
    chunks.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
  }
  return Buffer.concat(chunks);
}
