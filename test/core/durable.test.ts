import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFile, removeDrafts, removeFile, replaceFile } from '../../src/core/durable.js';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'keywright-durable-'));
  path = join(dir, 'file');
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('a file that is put in place whole', () => {
  it('is not created where it is already, and is left as it was', () => {
    writeFileSync(path, 'first');
    expect(createFile(path, 'second', 0o600)).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('first');
    expect(readdirSync(dir)).toEqual(['file']);
  });

  it('leaves nothing beside it where it cannot be replaced', () => {
    mkdirSync(path);
    expect(() => replaceFile(path, 'text', 0o600)).toThrow(/EISDIR|EEXIST|EPERM/);
    expect(readdirSync(dir)).toEqual(['file']);
  });

  it.each([0o600, 0o644])('has mode %o from the beginning, and nothing beside it', (mode) => {
    expect(createFile(path, 'one', mode)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(mode);
    replaceFile(path, 'two', mode);
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(statSync(path).mode & 0o777).toBe(mode);
    expect(readdirSync(dir)).toEqual(['file']);
  });

  it('can be cleared of what a stopped process has left, and of nothing else', () => {
    for (const name of [`file.${'ab'.repeat(8)}.new`, 'file.new', `other.${'ab'.repeat(8)}.new`]) {
      writeFileSync(join(dir, name), '');
    }
    removeDrafts(path);
    expect(readdirSync(dir).sort()).toEqual(['file.new', `other.${'ab'.repeat(8)}.new`].sort());
  });

  it('can be removed where somebody else was quicker', () => {
    removeFile(path);
    expect(existsSync(path)).toBe(false);
    mkdirSync(path);
    expect(() => removeFile(path)).toThrow();
  });
});
