import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { underLock } from '../../../src/secrets/oauth/lock.js';
import { thisProcess } from '../../../src/secrets/oauth/process-identity.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  path = join(folder, 'x.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

class Held extends Error {
  override readonly name = 'Held';
}
const onHeld = (_: string, holder: string): Held => new Held(holder);
const soon = (): AbortSignal => AbortSignal.timeout(150);
const late = (): AbortSignal => AbortSignal.timeout(10_000);
/** No process has this number. */
const ended = thisProcess().replace(` ${process.pid} `, ' 2147483646 ');

describe('a lock is not taken', () => {
  it.each([
    ['of a process that lives', `${thisProcess()} 12\n`],
    ['of another machine', 'elsewhere - - - 2147483646 1 12\n'],
    ['that somebody made by hand', ''],
  ])('%s', async (_, holder) => {
    writeFileSync(path, holder);
    const taken = underLock(path, soon(), onHeld, () => Promise.resolve());
    await expect(taken).rejects.toThrow(new Held(holder));
    expect(readdirSync(folder)).toEqual(['x.lock']);
  });
});

describe('a lock', () => {
  it('of a process that has ended is taken by one at a time, of however many that see it', async () => {
    for (let round = 0; round < 5; round += 1) {
      writeFileSync(path, `${ended} ${round}\n`);
      let [inside, most, done] = [0, 0, 0];
      const one = (): Promise<void> =>
        underLock(path, late(), onHeld, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setImmediate(resolve));
          inside -= 1;
          done += 1;
        });
      await Promise.all(Array.from({ length: 8 }, one));
      expect([most, done]).toEqual([1, 8]);
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('whose taking was cut off is taken all the same', async () => {
    writeFileSync(path, `${ended} 1\n`);
    writeFileSync(guardOf(path), `${ended} 2\n`);
    expect(await underLock(path, late(), onHeld, () => Promise.resolve('done'))).toBe('done');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is let go where what was done fails', async () => {
    const failing = underLock(path, late(), onHeld, () => Promise.reject(new Error('failed')));
    await expect(failing).rejects.toThrow('failed');
    expect(existsSync(path)).toBe(false);
  });

  it('fails where there is no folder for it', async () => {
    const nowhere = underLock(join(folder, 'none', 'x'), late(), onHeld, () => Promise.resolve());
    await expect(nowhere).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

/** The lock under which that of `path` is taken away. */
function guardOf(lock: string): string {
  return `${lock}.${createHash('sha256').update(readFileSync(lock, 'utf8')).digest('hex').slice(0, 16)}`;
}
