import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { withLock } from '../../src/secrets/file-lock.js';
import { thisProcess } from '../../src/secrets/process-identity.js';
import { storeFolder, whyRejected, type StoreFolder } from './store/support.js';

let folder: StoreFolder;
let path: string;
beforeEach(() => {
  folder = storeFolder();
  path = join(folder.path, 'lock');
});
afterEach(() => folder.remove());
const busy = (lock: string): Error => new Error(`held: ${lock}`);
const impatient = { patience: 100, abandoned: 600_000, busy };
const usual = { ...impatient, patience: 30_000 };
const describeOwner = (): string => `${thisProcess()} 0123456789abcdef\n`;
const done = () => Promise.resolve('done');

/** As this process would write it, with the number of one that has ended. */
function ofTheDead(): string {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const words = describeOwner().split(' ');
  words[4] = String(pid);
  return words.join(' ');
}

describe('a lock', () => {
  it('is not taken from a living process, however long it holds it', async () => {
    const held = describeOwner();
    writeFileSync(path, held);
    utimesSync(path, 1, 1);
    expect(await whyRejected(withLock(path, done, impatient))).toBe(`Error: held: ${path}`);
    expect(readFileSync(path, 'utf8')).toBe(held);
  });

  it('is not taken from a process that cannot be asked after, until long after', async () => {
    writeFileSync(path, 'another-machine/x/y 1 2 abcd\n');
    expect(await whyRejected(withLock(path, done, impatient))).toMatch(/held/);
    utimesSync(path, Date.now() / 1000 - 700, Date.now() / 1000 - 700);
    expect(await whyRejected(withLock(path, done, { ...impatient, abandoned: Number.POSITIVE_INFINITY }))).toMatch(
      /held/,
    );
    expect(await withLock(path, done, impatient)).toBe('done');
  });

  it('is noticed to be lost before anything is changed', async () => {
    const action = (check: () => void): Promise<void> => {
      check();
      writeFileSync(path, 'another-machine/x/y 1 2 abcd\n');
      check();
      return Promise.resolve();
    };
    expect(await whyRejected(withLock(path, action, usual))).toMatch(
      /was taken away meanwhile: nothing was changed\.$/,
    );
    expect(readFileSync(path, 'utf8')).toContain('another-machine');
  });

  it('is given back where the action fails', async () => {
    expect(await whyRejected(withLock(path, () => Promise.reject(new Error('no')), usual))).toBe('Error: no');
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('of a process that has ended goes to one of those that wait for it, and to one at a time', async () => {
    for (let round = 0; round < 10; round += 1) {
      writeFileSync(path, ofTheDead());
      let inside = 0;
      let most = 0;
      const action = async (check: () => void): Promise<void> => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise(setImmediate);
        check();
        inside -= 1;
      };
      await Promise.all(Array.from({ length: 6 }, () => withLock(path, action, usual)));
      expect(most).toBe(1);
      expect(readdirSync(folder.path)).toEqual([]);
    }
  });

  it('is taken over also where a process has ended while it took one over', async () => {
    const first = ofTheDead();
    writeFileSync(path, first);
    const { createHash } = await import('node:crypto');
    const claim = `${path}.${createHash('sha256').update(first).digest('hex').slice(0, 16)}`;
    writeFileSync(claim, ofTheDead());
    writeFileSync(`${path}.0123456789abcdef.new`, 'a draft');
    writeFileSync(`${path}.0123456789abcdef`, ofTheDead());
    expect(await withLock(path, done, impatient)).toBe('done');
    expect(existsSync(claim)).toBe(false);
    expect(readdirSync(folder.path)).toEqual([]);
  });
});
