import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { locateConfig } from '../../src/config/locate.js';
import { UsageError } from '../../src/core/usage-error.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'locate-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function write(...path: string[]): string {
  const file = join(home, ...path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, 'version: 1\n');
  return file;
}

describe('locating the configuration', () => {
  it.each([
    ['--config', { flag: '/nowhere/k.yaml', environment: {} }],
    ['KEYWRIGHT_CONFIG', { environment: { KEYWRIGHT_CONFIG: '/nowhere/k.yaml' } }],
  ])('refuses a missing file that %s names', (origin, asked) => {
    write('.config', 'keywright', 'keywright.yaml');
    const sentence = `the configuration file /nowhere/k.yaml (from ${origin}) does not exist.`;
    expect(() => locateConfig({ ...asked, home })).toThrow(new UsageError(sentence));
  });

  it('refuses a variable that means another file in each folder', () => {
    expect(() => locateConfig({ environment: { KEYWRIGHT_CONFIG: 'keywright.yaml' }, home })).toThrow(UsageError);
  });

  it('never looks into the current directory: a cloned repository must not bring policies', () => {
    const before = process.cwd();
    write('keywright.yaml');
    write('keywright', 'keywright.yaml');
    process.chdir(home);
    try {
      for (const environment of [{}, { XDG_CONFIG_HOME: '' }, { XDG_CONFIG_HOME: '.' }, { KEYWRIGHT_CONFIG: '' }]) {
        expect(locateConfig({ environment, home: join(home, 'other') })).toBeUndefined();
      }
    } finally {
      process.chdir(before);
    }
  });

  it('takes the first of --config, KEYWRIGHT_CONFIG, XDG_CONFIG_HOME and ~/.config', () => {
    const byFlag = write('flag.yaml');
    const byVariable = write('variable.yaml');
    const byXdg = write('xdg', 'keywright', 'keywright.yaml');
    const byHome = write('.config', 'keywright', 'keywright.yaml');
    const xdg = { XDG_CONFIG_HOME: join(home, 'xdg') };
    const all = { ...xdg, KEYWRIGHT_CONFIG: byVariable };
    expect(locateConfig({ flag: byFlag, environment: all, home })).toBe(byFlag);
    expect(locateConfig({ environment: all, home })).toBe(byVariable);
    expect(locateConfig({ environment: xdg, home })).toBe(byXdg);
    expect(locateConfig({ environment: {}, home })).toBe(byHome);
  });

  it('takes a relative --config as the word of the user', () => {
    const file = write('k.yaml');
    expect(locateConfig({ flag: relative(process.cwd(), file), environment: {}, home })).toBe(file);
  });

  it('takes a file that cannot be looked at for one that is there', () => {
    symlinkSync('loop', join(home, 'loop'));
    const under = join(home, 'loop', 'keywright.yaml');
    expect(locateConfig({ flag: under, environment: {}, home })).toBe(under);
  });
});
