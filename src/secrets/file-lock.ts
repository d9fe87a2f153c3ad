import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createFile, removeDrafts, removeFile, replaceFile } from '../core/durable.js';
import { errorCode } from '../core/error-code.js';
import { MissingError } from '../core/usage-error.js';
import { stateOf, thisProcess } from './process-identity.js';

export interface LockTerms {
  /** How long to wait for others, milliseconds. */
  readonly patience: number;
  /** From what age on a lock is given up whose process cannot be asked after, milliseconds; infinite: never. */
  readonly abandoned: number;
  /** What to throw where others held it all the time; `holder` is what `thisProcess` said there, and a word more. */
  readonly busy: (path: string, holder: string) => unknown;
}

/**
 * Does something while no other process does the same with the file `path` held. `check` throws where the lock was lost: to be called
 * right before anything is changed. The lock of a process that has ended is taken over at once, one of a living process never.
 */
export async function withLock<T>(
  path: string,
  action: (check: () => void) => Promise<T>,
  terms: LockTerms,
): Promise<T> {
  // One line, and no two are the same.
  const mine = `${thisProcess()} ${randomBytes(8).toString('hex')}\n`;
  const lock = { root: path, mine, terms, until: performance.now() + terms.patience };
  await take(path, lock);
  try {
    tidy(path);
    return await action(() => {
      if (read(path) !== mine)
        throw new MissingError(`the lock ${path} was taken away meanwhile: nothing was changed.`);
    });
  } finally {
    release(path, mine);
  }
}

interface Lock {
  readonly root: string;
  readonly mine: string;
  readonly terms: LockTerms;
  readonly until: number;
}

async function take(path: string, lock: Lock): Promise<void> {
  for (;;) {
    const holder = read(path);
    if (holder === undefined && createFile(path, lock.mine, 0o600)) return;
    if (holder !== undefined && isAbandoned(path, holder, lock.terms) && (await takeOver(path, holder, lock))) return;
    if (performance.now() > lock.until) throw lock.terms.busy(path, holder ?? '');
    await pause(5 + Math.random() * 20);
  }
}

/**
 * Of several that find the same lock abandoned one may replace it: who holds a second lock, named for the very text of the first.
 * No two texts are the same, so once the first is replaced, that second lock is good for nothing: who gets it late sees that and leaves.
 * A process that ends while it holds the second is itself followed in this way.
 */
async function takeOver(path: string, holder: string, lock: Lock): Promise<boolean> {
  const claim = `${lock.root}.${createHash('sha256').update(holder).digest('hex').slice(0, 16)}`;
  await take(claim, lock);
  try {
    if (read(path) !== holder) return false;
    replaceFile(path, lock.mine, 0o600);
    return true;
  } finally {
    release(claim, lock.mine);
  }
}

function isAbandoned(path: string, holder: string, { abandoned }: LockTerms): boolean {
  const state = stateOf(holder);
  if (state !== 'unknown') return state === 'ended';
  const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return since !== undefined && Date.now() - since > abandoned;
}

/** What processes that were stopped have left. Whoever waits and finds its draft gone makes another. */
function tidy(path: string): void {
  removeDrafts(path);
  const prefix = `${basename(path)}.`;
  const claim = /^[0-9a-f]{16}(?:\.[0-9a-f]{16}\.new)?$/;
  for (const name of readdirSync(dirname(path))) {
    if (name.startsWith(prefix) && claim.test(name.slice(prefix.length))) removeFile(join(dirname(path), name));
  }
}

function release(path: string, mine: string): void {
  if (read(path) === mine) removeFile(path);
}

function read(path: string): string | undefined {
  try {
    // A pipe in its place would hold us for ever.
    if (!lstatSync(path).isFile()) throw new MissingError(`the lock ${path} is not a regular file.`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof MissingError) throw error;
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new MissingError(`the lock ${path} cannot be read (${errorCode(error) ?? 'unknown error'}).`, {
      cause: error,
    });
  }
}
