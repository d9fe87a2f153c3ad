import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { makePrivateFolder, removePrivateFolder, writeCopies } from '../../src/adopt/private-folder.js';

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

  it('takes a file for each variable that nobody else can read, and never writes into one that is there', async () => {
    const folder = makePrivateFolder(tmpdir());
    const copies = new Map([['GMAIL_OAUTH_PATH', '{}']]);
    const path = join(folder, 'GMAIL_OAUTH_PATH.json');
    expect(writeCopies(folder, copies)).toEqual({ GMAIL_OAUTH_PATH: path });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toBe('{}');
    expect(() => writeCopies(folder, copies)).toThrow(/EEXIST/);
    await removePrivateFolder(folder);
    expect(existsSync(path)).toBe(false);
  });
});
