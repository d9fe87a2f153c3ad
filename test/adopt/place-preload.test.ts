import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MissingError } from '../../src/core/usage-error.js';
import { ownPreload, placePreload } from '../../src/adopt/place-preload.js';
import { makePrivateFolder, removePrivateFolder } from '../../src/adopt/private-folder.js';
import { compilePreload } from './preload/compiled-preload.js';

let built: string;
beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), 'keywright-built-'));
  compilePreload(built);
});
afterAll(() => rmSync(built, { recursive: true }));

describe('the place of the preload', () => {
  it('is not found where it was never built', () => {
    const empty = join(built, 'empty');
    mkdirSync(empty);
    expect(() => placePreload(built, { ...ownPreload(), preload: empty })).toThrow(MissingError);
  });

  it('is a read-only copy in the private folder, complete with undici', async () => {
    const folder = makePrivateFolder(tmpdir());
    const preload = placePreload(folder, { ...ownPreload(), preload: built });
    expect(preload).toBe(join(folder, 'preload', 'preload.cjs'));
    const entries = readdirSync(join(folder, 'preload'), { recursive: true, withFileTypes: true });
    const modes = entries.map((entry) => [
      entry.isDirectory(),
      (statSync(join(entry.parentPath, entry.name)).mode & 0o777).toString(8),
    ]);
    expect(new Set(modes.map((mode) => mode.join(' ')))).toEqual(new Set(['true 500', 'false 400']));
    const script = `require('module').createRequire(${JSON.stringify(preload)})('undici/lib/dispatcher/agent.js'); fetch('https://x.test').catch((e) => console.log(e.cause.code))`;
    const env = { PATH: process.env['PATH'], NODE_OPTIONS: `--require=${preload}` };
    expect(execFileSync(process.execPath, ['-e', script], { env }).toString()).toBe('ERR_KEYWRIGHT_NO_PROXY\n');
    await removePrivateFolder(folder);
  });

  it('is closed: every file of undici that a copied one asks for is copied, and no more than half of the package', async () => {
    const folder = makePrivateFolder(tmpdir());
    const undici = join(dirname(placePreload(folder, { ...ownPreload(), preload: built })), 'node_modules', 'undici');
    const files = readdirSync(undici, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
    const asked = files.flatMap((name) => {
      const require = createRequire(join(undici, name));
      const text = readFileSync(join(undici, name), 'utf8');
      return Array.from(text.matchAll(/require\(['"](\.[^'"]+)['"]\)/g), ([, path = '']) => require.resolve(path));
    });
    expect(files.length).toBeGreaterThan(20);
    expect(files.length).toBeLessThan(60);
    expect(asked.filter((path) => !path.startsWith(realpathSync(undici)))).toEqual([]);
    // What nobody asks for by a relative name, and what is asked for only once a request has a body of a certain kind.
    expect(files).toEqual(
      expect.arrayContaining(['lib/dispatcher/agent.js', 'lib/api/index.js', 'lib/web/fetch/body.js']),
    );
    await removePrivateFolder(folder);
  });
});
