import { createHash, randomBytes } from 'node:crypto';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { errorCode } from '../../core/error-code.js';
import { hasEnded, thisProcess } from './process-identity.js';

/** Milliseconds between two looks at a lock that another holds. */
const between = 40;

/**
 * Does something while nobody else does the same with the lock file `path` held: no other process, and nothing else in this one.
 * A lock is taken from a process of which it is certain that it has ended, and from no other: one that cannot be judged (another
 * machine, another container) is waited for. `onHeld` is what to throw where it is not free before `signal` aborts.
 */
export async function underLock<T>(
  path: string,
  signal: AbortSignal,
  onHeld: (path: string, holder: string) => unknown,
  action: () => Promise<T>,
): Promise<T> {
  const mine = `${thisProcess()} ${randomBytes(8).toString('hex')}\n`;
  while (!(await createWhole(path, mine))) {
    const holder = await contentOf(path);
    if (holder !== undefined && hasEnded(holder)) await takeAway(path, holder, signal, onHeld);
    else await wait(between, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw onHeld(path, holder ?? '');
  }
  try {
    return await action();
  } finally {
    await removed(path);
  }
}

/**
 * Removes the lock of a process that has ended. Of all who see that, one at a time does so, under a lock that is named after the very lock
 * that it removes, and only if that is still there: so nobody removes the lock of whoever was quicker.
 */
async function takeAway(
  path: string,
  holder: string,
  signal: AbortSignal,
  onHeld: (path: string, holder: string) => unknown,
): Promise<void> {
  const digest = createHash('sha256').update(holder).digest('hex').slice(0, 16);
  await underLock(`${path}.${digest}`, signal, onHeld, async () => {
    if ((await contentOf(path)) === holder) await removed(path);
  });
}

/** False where it is there. It has its content from its first moment on. */
async function createWhole(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomBytes(8).toString('hex')}.new`;
  try {
    await writeFile(draft, content, { flag: 'wx', mode: 0o600 });
    await link(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await removed(draft);
  }
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // It was released in this moment.
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function removed(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    // Gone is what it should be.
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
