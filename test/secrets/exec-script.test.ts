import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { flawOfInterpreter } from '../../src/secrets/exec-script.js';

let folder: string;
const place = (...names: string[]): string => join(folder, ...names);

beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'keywright-script-'));
  for (const name of ['good', 'open']) {
    mkdirSync(place(name));
    writeFileSync(place(name, 'run'), '#!/bin/sh\n');
    chmodSync(place(name, 'run'), 0o755);
    chmodSync(place(name), 0o755);
  }
  chmodSync(place('open', 'run'), 0o757);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function flaw(line: string, path: string | undefined = place('good')): Promise<string | undefined> {
  writeFileSync(place('script'), line);
  return flawOfInterpreter(place('script'), path);
}

describe('a script whose interpreter others could choose', () => {
  const isOpen = (): string => `every user can write to ${place('open', 'run')}: chmod o-w`;

  it.each([
    '#!I\n',
    '#! \tI -e\n',
    '#!I',
    '#!/usr/bin/env I\n',
    '#!/usr/bin/env -S A=1 I --flag\n',
    '#!/usr/bin/env -SI\n',
  ])('names one that they can write to: %j', async (line) => {
    expect(await flaw(line.replace('I', place('open', 'run')))).toBe(isOpen());
    expect(await flaw(line.replace('I', place('good', 'run')))).toBeUndefined();
  });

  it('has env look for it where they can write', async () => {
    expect(await flaw('#!/usr/bin/env run\n', `${place('open')}:${place('good')}`)).toBe(isOpen());
    expect(await flaw('#!/usr/bin/env -S run -x\n', place('open'))).toBe(isOpen());
    expect(await flaw('#!/usr/bin/env run\n', `:${place('good')}`)).toMatch(/a relative folder in it$/);
    expect(await flaw('#!/usr/bin/env run\n', `.:${place('good')}`)).toMatch(/a relative folder in it$/);
    expect(await flawOfInterpreter(place('script'), undefined)).toMatch(/a relative folder in it$/);
  });

  it.each([
    '-i run',
    '-u PATH run',
    'PATH=/open run',
    '-S PATH=/open run',
    '-S "run"',
    '-S ${X} run',
    '-C /x run',
    '',
    '-S',
  ])('has env do more than look for it: %j', async (rest) => {
    expect(await flaw(`#!/usr/bin/env ${rest}\n`)).toBe('its #! line has env do more than look for a program');
  });

  it('names one by a relative path, from the folder that it is run in', async () => {
    expect(await flaw('#!good/run\n')).toMatch(/names good\/run, which is not an absolute path$/);
    expect(await flaw('#!/usr/bin/env ./run\n')).toMatch(/names \.\/run, which is not an absolute path$/);
  });

  it('names one that is not all of it, or not what it seems', async () => {
    const tooLong = 'its #! line is too long, or no text';
    expect(await flaw(`#!${place('good', 'run')} ${'x'.repeat(256)}\n`)).toBe(tooLong);
    expect(await flaw(`#!${place('good', 'run')}\r\n`)).toBe(tooLong);
    expect(await flaw(`#!${place('good', 'run')}\0\n`)).toBe(tooLong);
    expect(await flaw(`\x7fELF${'x'.repeat(256)}`)).toBeUndefined();
  });

  it('names none that there is', async () => {
    expect(await flaw(`#!${place('none')}\n`)).toMatch(/none, which cannot be looked at \(ENOENT\)$/);
    expect(await flaw('#!/usr/bin/env none\n')).toBe('its #! line names none, which is not in PATH');
  });
});

describe('a file whose interpreter nobody else could choose', () => {
  it.each(['', '\x7fELF', '#!\n', '#!/bin/sh\n', '#!/usr/bin/env run\n', '# !/open\n'])('begins %j', async (line) => {
    expect(await flaw(line)).toBeUndefined();
  });
});
