import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { cleanEnvironment, program, root } from '../support/run.js';

jest.setTimeout(60_000);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-start-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const exact = `version: 1
listen: { proxy: ["127.0.0.1:0"] }
ca: { mode: memory }
secrets:
  api: { from: env, name: API, hosts: [api.example.com] }
clients:
  - { name: desk, token_sha256: ${'ab'.repeat(32)} }
policies:
  - name: all
    hosts: [api.example.com]
    inject: [{ place: header, name: authorization, template: "Bearer {api}" }]
`;

/** Files that the program loads from its start to its end, relative to the repository, as V8's own account of coverage has them. */
async function loadedBy(...args: readonly string[]): Promise<readonly string[]> {
  const account = mkdtempSync(join(folder, 'account-'));
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...cleanEnvironment(folder), NODE_V8_COVERAGE: account },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (chunk.includes('"listening"')) child.kill('SIGTERM');
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
  const urls = readdirSync(account).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(join(account, file), 'utf8')) as { result: { url: string }[] };
    return result.map(({ url }) => url);
  });
  return urls.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url).replace(root, ''));
}

/** Whether Node loads the undici that it brings along, which an import of `node:http` makes it do. */
function loadsOwnUndici(options: string): boolean {
  const hook = join(folder, 'hook.cjs');
  const told = "process.moduleLoadList.some((name) => name.endsWith(' internal/deps/undici/undici'))";
  writeFileSync(hook, `process.on('exit', () => require('node:fs').writeSync(1, 'loaded ' + ${told} + '\\n'));`);
  const { stdout } = spawnSync(process.execPath, ['--require', hook, ...options.split(' ')], {
    env: cleanEnvironment(folder),
    encoding: 'utf8',
  });
  expect(stdout).toContain('loaded ');
  return stdout.includes('loaded true');
}

async function served(config: string): Promise<readonly string[]> {
  const path = join(folder, 'keywright.yaml');
  writeFileSync(path, config, { mode: 0o600 });
  return loadedBy('serve', '--config', path);
}

function packagesOf(files: readonly string[]): ReadonlySet<string> {
  return new Set(files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []));
}

interface Description {
  readonly type?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function descriptionOf(name: string): Description {
  return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as Description;
}

describe('what a start loads', () => {
  it('is next to nothing for --help', async () => {
    const files = await loadedBy('--help');
    expect(packagesOf(files).size).toBe(0);
    expect(files.length).toBeGreaterThan(0);
    expect(files.length).toBeLessThan(12);
  });

  it('is no package for `serve` but what a configuration of two exact hosts needs', async () => {
    const files = await served(exact);
    const ofLog = Object.keys(descriptionOf('pino').dependencies ?? {});
    const needed = ['node-forge', 'pino', 'undici', 'yaml', 'zod', ...ofLog];
    expect([...packagesOf(files)].filter((name) => !needed.includes(name))).toEqual([]);
    expect(packagesOf(files)).toContain('zod');
    // One file of each and what that loads, out of more than a hundred.
    expect(files.filter((file) => file.startsWith('node_modules/undici/')).length).toBeLessThan(30);
    expect(files.filter((file) => file.startsWith('node_modules/node-forge/')).length).toBeLessThan(8);
  });

  it('is a few files of its own, not one for each of its modules', async () => {
    for (const files of [await served(exact), await loadedBy('run', '--', 'true')]) {
      const own = files.filter((file) => !file.startsWith('node_modules/'));
      expect(own).toContain('dist/main.js');
      expect(own.length).toBeLessThan(25);
    }
  });

  it('is not the HTTP client that Node brings along', () => {
    expect(loadsOwnUndici('--eval Headers')).toBe(true);
    expect(loadsOwnUndici(`${program} run -- true`)).toBe(false);
  });

  it('is the list of public suffixes only where a wildcard asks', async () => {
    expect(
      packagesOf(await served(exact.replaceAll('[api.example', '["*.example').replaceAll('.com]', '.com"]'))),
    ).toContain('tldts');
  });

  it('is neither YAML nor a log for `run` without a configuration', async () => {
    const packages = packagesOf(await loadedBy('run', '--', 'true'));
    expect(packages).toContain('zod');
    for (const name of ['yaml', 'pino', 'tldts']) expect(packages).not.toContain(name);
  });
});

describe('an imported package', () => {
  it('is a module itself: a CommonJS one is loaded by `require`, as Node searches what is imported for names, file by file', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    const imported = sources.flatMap((name) => {
      const text = readFileSync(join(root, 'src', name), 'utf8');
      const values = text.matchAll(
        /^(?:import|export) (?!type\b)[^;]*? from '((?:@[^/']+\/)?[a-z][^/':]*)(?:\/[^']*)?';/gms,
      );
      return Array.from(values, ([, found = '']) => found);
    });
    expect(imported).toContain('zod');
    expect([...new Set(imported)].filter((name) => descriptionOf(name).type !== 'module')).toEqual([]);
  });
});
