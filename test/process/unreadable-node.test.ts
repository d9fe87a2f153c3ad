import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NoCopyError, unreadableNode } from '../../src/process/unreadable-node.js';

let base: string;
let folder: string;
let node: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'keywright-copy-'));
  folder = join(base, 'cache', 'keywright');
  node = stub(`echo ${process.version}`);
});
afterEach(() => rmSync(base, { recursive: true }));

/** A small program in place of Node. */
function stub(script: string): string {
  const path = join(base, 'node');
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

/** The stub is a script, which a shell has to read: under another user than root only its making can be seen. */
const asRoot = process.getuid?.() === 0;
const posix = process.platform === 'win32' || !asRoot ? describe.skip : describe;

posix('a copy of Node is refused', () => {
  it('in a folder that others can write to', () => {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o720);
    expect(() => unreadableNode(folder, node)).toThrow('is not a folder that this user alone can write to');
  });

  it('in a folder that others can put another in place of', () => {
    mkdirSync(join(base, 'cache'));
    chmodSync(join(base, 'cache'), 0o777);
    expect(() => unreadableNode(folder, node)).toThrow('others can put another folder in place of');
  });

  it('behind a symbolic link', () => {
    mkdirSync(join(base, 'cache'));
    mkdirSync(join(base, 'elsewhere'));
    symlinkSync(join(base, 'elsewhere'), folder);
    expect(() => unreadableNode(folder, node)).toThrow('is not a folder that this user alone can write to');
  });

  it('where no folder can be made, at once', () => {
    expect(() => unreadableNode('/proc/no-such-folder/keywright', node)).toThrow(NoCopyError);
  });

  it.each([
    ['does not start', 'exit 127'],
    ['is of another version', 'echo v1.0.0'],
  ])('where it %s, and nothing is left of it', (_, script) => {
    expect(() => unreadableNode(folder, stub(script))).toThrow('a copy of this Node does not start');
    expect(readdirSync(folder)).toEqual([]);
  });
});

posix('a copy of Node', () => {
  it('may be executed and nothing else, in a folder of the user alone, and is made once', () => {
    const path = unreadableNode(folder, node);
    const made = lstatSync(path);
    expect(made.mode & 0o7777).toBe(0o111);
    expect(lstatSync(folder).mode & 0o777).toBe(0o700);
    expect(unreadableNode(folder, node)).toBe(path);
    expect(lstatSync(path).ino).toBe(made.ino);
    expect(readdirSync(folder)).toEqual([basename(path)]);
  });

  it('is made again for another binary', () => {
    const path = unreadableNode(folder, node);
    expect(unreadableNode(folder, stub(`echo ${process.version} # another`))).not.toBe(path);
  });

  it.each<[string, (path: string) => void]>([
    ['was made readable', (path) => chmodSync(path, 0o555)],
    ['has another name', (path) => linkSync(path, `${path}-linked`)],
    ['is of another size', (path) => writeFileSync(path, '#!/bin/sh\n')],
    [
      'is a link',
      (path) => {
        // Not removed: its number could be given to the new one at once.
        renameSync(path, `${path}-kept`);
        symlinkSync('/bin/sh', path);
      },
    ],
  ])('is made anew where it %s', (_, change) => {
    const path = unreadableNode(folder, node);
    const { ino } = lstatSync(path);
    change(path);
    expect(unreadableNode(folder, node)).toBe(path);
    expect(lstatSync(path)).toMatchObject({ nlink: 1, size: lstatSync(node).size });
    expect(lstatSync(path).ino).not.toBe(ino);
  });

  it('that nobody used for a month goes when another is made, as does what was left half-made', () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const aged = (name: string, days: number): void => {
      writeFileSync(join(folder, name), '');
      const then = Date.now() / 1000 - days * 86_400;
      utimesSync(join(folder, name), then, then);
    };
    aged('node-v18.0.0-1', 31);
    aged('node-v20.0.0-1', 29);
    aged('node-v20.0.0-1.part-00', 0.1);
    aged('something else', 31);
    const path = unreadableNode(folder, node);
    expect(readdirSync(folder).sort()).toEqual(['node-v20.0.0-1', basename(path), 'something else'].sort());
  });
});
