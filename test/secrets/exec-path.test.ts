import {
  chmodSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { flawOf, flawOfPath, type Self } from '../../src/secrets/exec-path.js';

let folder: string;
const place = (...names: string[]): string => join(folder, ...names);
const tool = (): string => place('opt', 'vendor', 'bin', 'tool');

beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'keywright-path-'));
  mkdirSync(place('opt', 'vendor', 'bin'), { recursive: true, mode: 0o755 });
  writeFileSync(tool(), '#!/bin/sh\n', { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a path that others could lead elsewhere', () => {
  it.each(['opt', 'opt/vendor', 'opt/vendor/bin', 'opt/vendor/bin/tool'])('is open at %s', async (open) => {
    chmodSync(place(open), 0o757);
    expect(await flawOfPath(tool())).toBe(`every user can write to ${place(open)}: chmod o-w`);
  });

  it('is open to users of an ACL, which the bits of the group stand for', async () => {
    chmodSync(tool(), 0o775);
    expect(await flawOfPath(tool())).toMatch(
      /^the group \d+, or users and groups of an ACL, can write to .*tool: chmod g-w$/,
    );
  });

  it('goes through a link that stands in such a folder, or leads into one, however many lie between', async () => {
    mkdirSync(place('first'), { mode: 0o755 });
    mkdirSync(place('second'), { mode: 0o755 });
    symlinkSync(place('opt', 'vendor'), place('second', 'vendor'));
    symlinkSync('../second/vendor/bin/../bin', place('first', 'bin'));
    const linked = place('first', 'bin', 'tool');
    expect(await flawOfPath(linked)).toBeUndefined();
    for (const open of ['first', 'second', 'opt', 'opt/vendor', 'opt/vendor/bin']) {
      chmodSync(place(open), 0o777);
      expect(await flawOfPath(linked)).toBe(`every user can write to ${place(open)}: chmod o-w`);
      chmodSync(place(open), 0o755);
    }
  });

  it('ends in a circle of links, or nowhere', async () => {
    symlinkSync('b', place('a'));
    symlinkSync('a', place('b'));
    expect(await flawOfPath(place('a'))).toMatch(/is one of too many links$/);
    await expect(flawOfPath(place('none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  asRoot('has a folder, a link or a file of another user in it', async () => {
    symlinkSync(tool(), place('link'));
    expect(await flawOfPath(place('link'))).toBeUndefined();
    lchownSync(place('link'), 12345, 0);
    expect(await flawOfPath(place('link'))).toBe(`${place('link')} belongs to another user (uid 12345)`);
    for (const one of [place('opt'), tool()]) {
      lchownSync(one, 12345, 0);
      expect(await flawOfPath(tool())).toBe(`${one} belongs to another user (uid 12345)`);
      lchownSync(one, 0, 0);
    }
  });
});

describe('a path that nobody else could lead elsewhere', () => {
  it('goes through a folder where nobody takes files of others away, such as /tmp', async () => {
    chmodSync(place('opt'), 0o1777);
    expect(await flawOfPath(tool())).toBeUndefined();
  });
});

describe('who else may write', () => {
  const us: Self = { uid: 1000, gid: 1000, platform: 'linux' };
  const stats = (uid: number, gid: number, mode: number, kind: 'file' | 'folder' | 'link' = 'folder'): Stats =>
    Object.assign(lstatSync('/'), {
      uid,
      gid,
      mode,
      isDirectory: () => kind === 'folder',
      isSymbolicLink: () => kind === 'link',
    });

  it.each<[string, Stats, Self]>([
    ['another user', stats(1001, 1001, 0o700), us],
    ['another user, though we are root', stats(1000, 1000, 0o700), { ...us, uid: 0, gid: 0 }],
    ['another user, whose link it is', stats(1001, 1000, 0o777, 'link'), us],
    ['another user, whose folder is like /tmp', stats(1001, 1000, 0o1777), us],
    ['a group', stats(1000, 100, 0o775), us],
    ['a group that we are in with others', stats(1000, 100, 0o775), { ...us, gid: 100 }],
    ['a group of the number of Homebrew', stats(1000, 80, 0o775), us],
    ['a group, to a file', stats(0, 50, 0o775, 'file'), us],
    ["a group, though root's: an ACL may let others in by these bits", stats(0, 0, 0o775), us],
    ["a group, though root's, to a file", stats(0, 0, 0o775, 'file'), us],
    ['a group, though it is ours alone', stats(1000, 1000, 0o775), us],
    ['a group, though we are root', stats(0, 0, 0o775), { ...us, uid: 0, gid: 0 }],
    ['a group, on another system with such ACLs', stats(0, 0, 0o775), { ...us, platform: 'freebsd' }],
    ['every user', stats(0, 0, 0o757), us],
    ['every user, to a file', stats(0, 0, 0o1757, 'file'), us],
  ])('%s', (_, given, self) => {
    expect(flawOf('/x', given, self)).toMatch(
      /^\/x belongs to|(?:every user|the group \d+, or users and groups of an ACL,) can write to \/x: chmod/,
    );
  });

  it.each<[string, Stats, Self]>([
    ['root', stats(0, 0, 0o755), us],
    ['we', stats(1000, 100, 0o755), us],
    ["root's group, on a Mac", stats(0, 0, 0o775), { ...us, platform: 'darwin' }],
    ['the group that is ours alone, on a Mac', stats(1000, 1000, 0o775), { ...us, platform: 'darwin' }],
    ['the administrators of a Mac', stats(1000, 80, 0o775), { ...us, gid: 20, platform: 'darwin' }],
    ['all, but not to what is ours', stats(0, 0, 0o1777), us],
    ['we, whose link it is', stats(1000, 100, 0o777, 'link'), us],
  ])('nobody but %s', (_, given, self) => {
    expect(flawOf('/x', given, self)).toBeUndefined();
  });
});
