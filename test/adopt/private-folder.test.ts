import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { makePrivateFolder, removePrivateFolder } from '../../src/adopt/private-folder.js';

describe('a private folder', () => {
  it('is new each time, of mode 0700, and goes with all it holds', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'keywright-parent-'));
    const [one, two] = [makePrivateFolder(parent), makePrivateFolder(parent)];
    expect(one).not.toBe(two);
    expect(statSync(one).mode & 0o777).toBe(0o700);
    mkdirSync(join(one, 'a/b'), { recursive: true });
    writeFileSync(join(one, 'a/b/file'), 'x', { mode: 0o400 });
    for (const folder of ['a/b', 'a']) chmodSync(join(one, folder), 0o500);
    await removePrivateFolder(one);
    expect([one, two].map(existsSync)).toEqual([false, true]);
    rmSync(parent, { recursive: true });
  });
});
