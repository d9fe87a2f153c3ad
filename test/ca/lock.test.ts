import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { withLock } from '../../src/ca/lock.js';
import { MissingError } from '../../src/core/usage-error.js';
import { failure } from './support.js';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'keywright-lock-'));
  path = join(dir, 'lock');
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('a lock', () => {
  it.each([
    ['a process that runs', `${hostname()} ${process.ppid}\n`],
    ['a process of another machine', 'elsewhere 1\n'],
    ['nobody knows whom', ''],
  ])('held by %s is respected', (_, holder) => {
    writeFileSync(path, holder);
    const error = failure(() => withLock(path, () => undefined));
    expect(error).toBeInstanceOf(MissingError);
    expect(error.message).toContain(`remove ${path}`);
    expect(readFileSync(path, 'utf8')).toBe(holder);
  });

  it('held by a process that has ended is taken over', () => {
    const { pid } = spawnSync('true');
    writeFileSync(path, `${hostname()} ${pid}\n`);
    expect(withLock(path, () => readFileSync(path, 'utf8'))).toBe(`${hostname()} ${process.pid}\n`);
    expect(existsSync(path)).toBe(false);
  });

  it('is given back whatever happens', () => {
    expect(() =>
      withLock(path, () => {
        throw new RangeError('x');
      }),
    ).toThrow(RangeError);
    expect(withLock(path, () => 7)).toBe(7);
    expect(existsSync(path)).toBe(false);
  });
});
