import type { BigIntStats } from 'node:fs';
import { constants, open, type FileHandle } from 'node:fs/promises';
import { errorCode } from '../core/error-code.js';
import { Refusal } from '../core/refusal.js';
import { unavailable } from './unavailable.js';

const largest = 64 * 1024;
/** Bits of the mode that let others than the owner put a value of theirs in place of the secret. */
const writableByOthers = 0o022n;
/** A change this soon after another may not show in the file's times, milliseconds: clocks of file systems are coarse. */
const coarseness = 2000;

export interface ReadFile {
  readonly text: string;
  readonly stats: BigIntStats;
}

/** A small regular file of UTF-8 text that only its owner may write to. Throws `secret_unavailable`, or what the file system says. */
export async function readSmallFile(name: string, file: string): Promise<ReadFile> {
  const { stats, ...read } = await readAnyFile(name, file);
  if ('why' in read) throw unavailable(name, `the file ${file} ${read.why}`);
  return { text: read.text, stats };
}

/** What a file holds, or why that is no text that a secret could be. */
export type Content = { readonly text: string } | { readonly why: string };

/**
 * The same, whatever it holds. Opened without waiting: a named pipe in its place would otherwise hold the request, and a thread, for ever.
 */
export async function readAnyFile(name: string, file: string): Promise<Content & Pick<ReadFile, 'stats'>> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw unavailable(name, `${file} is not a regular file`);
    if ((stats.mode & writableByOthers) !== 0n) {
      throw unavailable(name, `the file ${file} can be written by others than its owner: chmod go-w`);
    }
    const bytes = await readAtMost(handle, largest + 1);
    if (bytes.length > largest) return { why: `is larger than ${largest} bytes`, stats };
    return { ...decoded(bytes), stats };
  } finally {
    await handle.close();
  }
}

/** Which file it is and when it last changed: a change of its time of modification alone could be made undone. */
export function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

/** Whether a file that was looked at then would show by its times that it has changed since. */
export function showsChanges({ ctimeMs }: BigIntStats, asked: number): boolean {
  return Number(ctimeMs) < asked - coarseness;
}

/** What the file system says, in words; a refusal of ours as it is. */
export function fileFailure(name: string, what: string, error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const code = errorCode(error) ?? 'unknown';
  return unavailable(name, `${what} ${reasons[code] ?? `cannot be read (${code})`}`, 'missing');
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'is not readable for the user that Keywright runs as',
  EPERM: 'is not readable for the user that Keywright runs as',
  ELOOP: 'is a symbolic link to itself',
};

/** The size a file states may be old when it is read, or 0 for one that the kernel makes up. */
async function readAtMost(handle: FileHandle, most: number): Promise<Buffer> {
  const buffer = Buffer.alloc(most);
  let length = 0;
  for (let bytesRead = -1; bytesRead !== 0 && length < most; length += bytesRead) {
    ({ bytesRead } = await handle.read(buffer, length, most - length, null));
  }
  return buffer.subarray(0, length);
}

function decoded(bytes: Buffer): Content {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    // The decoder's message says no more than this.
    return { why: 'is not UTF-8 text' };
  }
}
