import type { BigIntStats } from 'node:fs';
import { constants, open, stat, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { errorCode } from '../core/error-code.js';
import { defineKind } from '../core/kind.js';
import { Refusal } from '../core/refusal.js';
import type { Fetched, Source } from './index.js';
import { fieldsOf } from './file-fields.js';
import type { SourceContext } from './source-context.js';
import { unavailable } from './unavailable.js';
import { valueVersion } from './value-version.js';

const largest = 64 * 1024;
/** Bits of the mode that let others than the owner put a value of theirs in place of the secret. */
const writableByOthers = 0o022n;
/** A change this soon after another may not show in the file's times, milliseconds: clocks of file systems are coarse. */
const coarseness = 2000;

/** A file that was read: `stamp` is undefined while it is too young to tell a change by its times. */
interface Known {
  readonly stamp: string | undefined;
  readonly fetched: Fetched;
}

/** A file, looked at for every use and read anew where it changed: a mounted Kubernetes secret changes under its path. */
export const fileSource = defineKind({
  kind: 'file',
  summary: 'A file that Keywright can read: a mounted secret, a systemd credential. Only its owner may write to it.',
  options: {
    path: z
      .string()
      .regex(/^[^\0]+$/)
      .describe('The file; a relative path begins at the folder of the configuration.'),
    format: z
      .enum(['text', 'json'])
      .default('text')
      .describe(
        '`text`: the whole file, less one newline at its end. `json`: an object whose text members are the fields.',
      ),
  },
  make: ({ path, format }, { name, folder, clock }: SourceContext): Source => {
    const file = resolve(folder, path);
    let known: Known | undefined;
    return {
      async fetch() {
        try {
          const asked = clock.now();
          if (known?.stamp === undefined || known.stamp !== stampOf(await stat(file, { bigint: true }))) {
            const { text, stats } = await readText(name, file);
            const fetched = { fields: fieldsOf(text, format, { name, file }), version: valueVersion(text) };
            known = { stamp: Number(stats.ctimeMs) < asked - coarseness ? stampOf(stats) : undefined, fetched };
          }
          return known.fetched;
        } catch (error) {
          if (error instanceof Refusal) throw error;
          const code = errorCode(error) ?? 'unknown';
          throw unavailable(name, `the file ${file} ${reasons[code] ?? `cannot be read (${code})`}`, 'missing');
        }
      },
    };
  },
});

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'is not readable for the user that Keywright runs as',
  EPERM: 'is not readable for the user that Keywright runs as',
  ELOOP: 'is a symbolic link to itself',
};

/** Which file it is and when it last changed: a change of its time of modification alone could be made undone. */
function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

/** Opened without waiting: a named pipe in its place would otherwise hold the request, and a thread, for ever. */
async function readText(name: string, file: string): Promise<{ text: string; stats: BigIntStats }> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw unavailable(name, `${file} is not a regular file`);
    if ((stats.mode & writableByOthers) !== 0n) {
      throw unavailable(name, `the file ${file} can be written by others than its owner: chmod go-w`);
    }
    const bytes = await readAtMost(handle, largest + 1);
    if (bytes.length > largest) throw unavailable(name, `the file ${file} is larger than ${largest} bytes`);
    return { text: decoded(name, file, bytes), stats };
  } finally {
    await handle.close();
  }
}

/** The size a file states may be old when it is read, or 0 for one that the kernel makes up. */
async function readAtMost(handle: FileHandle, most: number): Promise<Buffer> {
  const buffer = Buffer.alloc(most);
  let length = 0;
  for (let bytesRead = -1; bytesRead !== 0 && length < most; length += bytesRead) {
    ({ bytesRead } = await handle.read(buffer, length, most - length, null));
  }
  return buffer.subarray(0, length);
}

function decoded(name: string, file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // The decoder's message says no more than this.
    throw unavailable(name, `the file ${file} is not UTF-8 text`);
  }
}
