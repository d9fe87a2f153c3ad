import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { foundIn, isExecutable } from '../../src/secrets/exec-lookup.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-lookup-'));
  for (const name of ['first', 'second', 'third']) mkdirSync(join(folder, name));
  mkdirSync(join(folder, 'first', 'tool'));
  writeFileSync(join(folder, 'second', 'tool'), '', { mode: 0o644 });
  writeFileSync(join(folder, 'third', 'tool'), '');
  chmodSync(join(folder, 'third', 'tool'), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a name in PATH', () => {
  it('is not looked for in relative folders, or without PATH', async () => {
    expect(await foundIn(undefined, 'tool')).toBeUndefined();
    expect(await foundIn(`.::${join(folder, 'third').slice(1)}`, 'tool')).toBeUndefined();
  });

  it('is no folder, and no file that cannot be run', async () => {
    const path = ['first', 'second', 'third'].map((name) => join(folder, name)).join(':');
    expect(await foundIn(path, 'tool')).toBe(join(folder, 'third', 'tool'));
    expect(await isExecutable(join(folder, 'second', 'tool'))).toBe(false);
  });
});
