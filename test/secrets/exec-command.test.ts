import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { commandFile } from '../../src/secrets/exec-command.js';
import { whyUnavailable } from './context.js';

let folder: string;
const place = (...names: string[]): string => join(folder, ...names);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-command-'));
  mkdirSync(place('bin'), { mode: 0o755 });
  writeFileSync(place('bin', 'tool'), '#!/bin/sh\n');
  chmodSync(place('bin', 'tool'), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const why = (command: string, path?: string): Promise<string> => whyUnavailable(commandFile('api', command, path));

describe('a command that is not run', () => {
  it('is missing', async () => {
    expect(await why(place('bin', 'other'))).toBe(
      `the secret api is not available: the command ${place('bin', 'other')} does not exist`,
    );
    expect(await why(place('bin', 'tool', 'below'))).toMatch(/does not exist$/);
    expect(await why('other', place('bin'))).toMatch(/the command other is not in PATH$/);
    expect(await why('tool', undefined)).toMatch(/is not in PATH$/);
  });

  it('is looked for in no relative folder of PATH, where anybody may have put it', async () => {
    expect(await why('jest.config.js', `.::${process.cwd().slice(1)}`)).toMatch(/is not in PATH$/);
  });

  it('is not executable, or no file', async () => {
    chmodSync(place('bin', 'tool'), 0o644);
    expect(await why(place('bin', 'tool'))).toMatch(/is not executable for this user$/);
    expect(await why(place('bin'))).toMatch(/is not a regular file$/);
    symlinkSync('loop', place('loop'));
    expect(await why(place('loop'))).toMatch(/cannot be used \(ELOOP\)$/);
  });

  it('can be written by every user', async () => {
    chmodSync(place('bin', 'tool'), 0o757);
    expect(await why(place('bin', 'tool'))).toMatch(
      /others could replace the command .*tool: every user can write to .*tool: chmod o-w$/,
    );
    // For a file that bit keeps nobody away.
    chmodSync(place('bin', 'tool'), 0o1757);
    expect(await why(place('bin', 'tool'))).toMatch(/every user can write to .*tool/);
  });

  it('is a script that others choose the interpreter of', async () => {
    writeFileSync(place('bin', 'tool'), `#!${place('bin', 'shell')}\n`);
    writeFileSync(place('bin', 'shell'), '');
    chmodSync(place('bin', 'shell'), 0o777);
    expect(await why(place('bin', 'tool'))).toMatch(
      /others could replace the command .*tool: every user can write to .*shell: chmod o-w$/,
    );
    symlinkSync(place('bin', 'tool'), place('linked'));
    expect(await why(place('linked'))).toMatch(/every user can write to .*shell/);
    chmodSync(place('bin', 'shell'), 0o755);
    expect(await commandFile('api', place('bin', 'tool'), undefined)).toBe(place('bin', 'tool'));
  });

  it.each(['kq93-Zvbn~!x81mmQ@7w', 'Zk3vQ9xLw8Rt2Y', '/9j4AAQSkZJRg8f2', 'Tr0ub4dor&3'])(
    'is not named where it could be a password that was typed here: %s',
    async (command) => {
      expect(await why(command, place('bin'))).toMatch(
        /the command \(not shown: it could be a secret\) (?:is not in PATH|does not exist)$/,
      );
    },
  );

  it('can be replaced by every user, where it is or where a link to it is', async () => {
    const [linked] = [place('links', 'tool')];
    mkdirSync(place('links'), { mode: 0o755 });
    symlinkSync(place('bin', 'tool'), linked);
    expect(await commandFile('api', linked, undefined)).toBe(linked);
    chmodSync(place('links'), 0o777);
    expect(await why(linked)).toMatch(/every user can write to .*links: chmod o-w$/);
    chmodSync(place('links'), 0o755);
    chmodSync(place('bin'), 0o777);
    expect(await why(linked)).toMatch(/every user can write to .*bin: chmod o-w$/);
    expect(await why('tool', place('links'))).toMatch(/every user can write to .*bin: chmod o-w$/);
  });
});

describe('a command', () => {
  it('is found in the first folder of PATH that has one that can be run', async () => {
    mkdirSync(place('first', 'tool'), { recursive: true });
    mkdirSync(place('second'));
    writeFileSync(place('second', 'tool'), 'not executable');
    const path = ['first', 'second', 'bin'].map((name) => place(name)).join(':');
    expect(await commandFile('api', 'tool', path)).toBe(place('bin', 'tool'));
  });

  it('may be our own in a folder where nobody takes files of others away, such as /tmp', async () => {
    chmodSync(place('bin'), 0o1777);
    expect(await commandFile('api', place('bin', 'tool'), undefined)).toBe(place('bin', 'tool'));
  });
});
