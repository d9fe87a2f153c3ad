import { randomBytes } from 'node:crypto';
import { constants, mkdir, open, readdir, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../../core/error-code.js';
import { Reason } from '../../core/reason.js';

const largest = 64 * 1024;
const draftName = /^[0-9a-f]{16}\.new$/;

/** Room for what will be written, made before it is there: on a full or read-only disk that is where it fails. */
export interface Draft {
  /** Puts the text in place, whole or not at all, and on the disk for good. The old file is there until then. */
  commit(text: string): Promise<void>;
  /** Never rejects. */
  abandon(): Promise<void>;
}

/** The text of a file that is ours alone, undefined where there is none. Rejects with a `Reason` where others could read or change it. */
export function readState(path: string): Promise<string | undefined> {
  return explained(path, async () => {
    const file = await openOwn(path);
    if (file === undefined) return undefined;
    try {
      const { size } = await checkOwn(path, file);
      if (size > largest) throw new Reason(`the file ${path} is larger than ${largest} bytes`);
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  });
}

/** Makes the folder of the file where it is missing. Rejects with a `Reason` where others could write in it. */
export function makeFolder(path: string): Promise<void> {
  return explained(path, () => checkFolder(dirname(path)));
}

/** Prepares a new version of the file, mode 0600. Only under the lock: drafts of processes that were killed are removed. */
export function prepareState(path: string): Promise<Draft> {
  return explained(path, async () => {
    const folder = dirname(path);
    await removeDrafts(path);
    const draft = `${path}.${randomBytes(8).toString('hex')}.new`;
    const file = await open(draft, 'wx', 0o600);
    const abandon = async (): Promise<void> => {
      await file.close().catch(() => undefined);
      await unlink(draft).catch(() => undefined);
    };
    try {
      await file.writeFile(Buffer.alloc(largest));
      await file.sync();
    } catch (error) {
      await abandon();
      throw error;
    }
    const commit = (text: string): Promise<void> =>
      explained(path, async () => {
        const bytes = Buffer.from(text);
        if (bytes.length > largest) throw new TypeError('more state than there is room for');
        await file.write(bytes, 0, bytes.length, 0);
        await file.truncate(bytes.length);
        await file.sync();
        await file.close();
        await rename(draft, path);
        await syncFolder(folder);
      });
    return { commit, abandon };
  });
}

async function openOwn(path: string): Promise<FileHandle | undefined> {
  try {
    // Without waiting: a named pipe in its place would hold the request for ever. A link could lead to another's file.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function checkOwn(path: string, file: FileHandle): Promise<{ readonly size: number }> {
  const { mode, uid, size } = await file.stat().then((stats) => {
    if (!stats.isFile()) throw new Reason(`${path} is not a regular file`);
    return stats;
  });
  if (process.platform === 'win32') return { size };
  if ((mode & 0o077) !== 0) throw new Reason(`the file ${path} is open to others: chmod 600`);
  const self = process.getuid?.() ?? 0;
  if (self !== 0 && uid !== self) throw new Reason(`the file ${path} belongs to another user`);
  return { size };
}

/** Whoever may write in the folder may put another file in the place of ours. */
async function checkFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (process.platform === 'win32') return;
  const { mode } = await stat(folder);
  if ((mode & 0o022) !== 0) throw new Reason(`the folder ${folder} can be written by others: chmod 700`);
}

async function removeDrafts(path: string): Promise<void> {
  const [folder, prefix] = [dirname(path), `${basename(path)}.`];
  for (const name of await readdir(folder)) {
    if (name.startsWith(prefix) && draftName.test(name.slice(prefix.length))) await unlink(join(folder, name));
  }
}

/** A name is on the disk once its folder is. Windows cannot open folders, and needs no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const file = await open(folder, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What the file system says, as a reason that names the file. */
async function explained<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Reason || error instanceof TypeError) throw error;
    throw new Reason(
      `the file ${path}, where refresh tokens are kept, cannot be used (${errorCode(error) ?? 'unknown'})`,
    );
  }
}
