import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { caFolder, madeFolder, privateLines } from './ca-folder.js';

const base = mkdtempSync(join(tmpdir(), 'keywright-cli-ca-'));
afterAll(() => rmSync(base, { recursive: true }));

describe('ca', () => {
  it.each([
    [[], /say `keywright ca show`/],
    [['constructor'], /say `keywright ca show`/],
    [['show', 'more'], /say `keywright ca show`/],
    [['show', '--out', 'x'], /`keywright ca show` has no option --out/],
    [['export', '--finish'], /`keywright ca export` has no option --finish/],
    [['rotate', '--bundle'], /`keywright ca rotate` has no option --bundle/],
    [['export', '--format', 'jks'], /pem or der/],
    [['rotate', '--finish', '--retire'], /one step each/],
    [['rotate', '--finish', '--finish-after', '1d'], /goes with the first step/],
    [['rotate', '--finish-after', '0d'], /90m, 36h or 14d/],
    [['rotate', '--finish-after', '1week'], /90m, 36h or 14d/],
  ])('refuses %j', async (args, reason) => {
    const folder = madeFolder(base);
    const { code, out, error } = await folder.ca(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toMatch(reason);
  });

  it.each([['show'], ['export'], ['rotate']])('%s makes nothing where there is no CA yet', async (action) => {
    const folder = caFolder(base);
    const { code, out, error } = await folder.ca(action);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toContain('There is no CA in');
    expect(readdirSync(folder.path)).toEqual(['keywright.yaml']);
  });

  it.each([
    ['show', /nothing on disk/],
    ['export', /nothing on disk/],
    ['rotate', /nothing to rotate/],
  ])('%s says that a CA in memory is out of reach', async (action, reason) => {
    const { code, error } = await caFolder(base, '{ mode: memory }').ca(action);
    expect(code).toBe(1);
    expect(error).toMatch(reason);
  });

  it('shows its steps and never a key in its help', async () => {
    const { code, out } = await madeFolder(base).ca('--help');
    expect(code).toBe(0);
    expect(out).toMatch(/--finish[^]*--retire[^]*--cancel/);
  });

  it('is checked for keys by something that finds them', () => {
    expect(privateLines(madeFolder(base).path).length).toBeGreaterThan(1);
  });
});
