import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { clients, ended, root, type Ended } from '../support/run.js';
import { startStandIn, type StandIn } from '../support/stand-in.js';

jest.setTimeout(180_000);

const token = `ghp_${randomBytes(18).toString('hex')}`;
const base = mkdtempSync(join(tmpdir(), 'keywright-package-'));
/** Where it is installed, and where it is called from: neither is this repository, and both have what shells stumble over. */
const prefix = join(base, "an installation's folder");
const elsewhere = join(base, 'another (folder) of $HOME');
const home = join(base, 'empty home');
const bin = join(prefix, 'bin', 'keywright');
let standIn: StandIn;
let installed = false;

function npm(...args: string[]): SpawnSyncReturns<string> {
  return spawnSync('npm', args, { cwd: root, encoding: 'utf8', timeout: 150_000 });
}

beforeAll(async () => {
  standIn = await startStandIn([token]);
  for (const folder of [prefix, elsewhere, home]) mkdirSync(folder);
  // Without scripts: the build is there, and other tests are using it at this moment.
  const { stdout } = npm('pack', '--ignore-scripts', '--json', '--pack-destination', base);
  const [{ filename } = { filename: '' }] = JSON.parse(stdout) as { filename: string }[];
  if (npm('view', 'node-forge', 'version').status !== 0) {
    console.warn('npm cannot reach its registry: the installed package is not tried');
    return;
  }
  const { status, stderr } = npm(
    'install',
    '--global',
    '--no-audit',
    '--no-fund',
    '--prefix',
    prefix,
    join(base, filename),
  );
  if (status !== 0) throw new Error(stderr);
  installed = true;
});

afterAll(async () => {
  await standIn.close();
  rmSync(base, { recursive: true });
});

/** The installed program, called from another folder by its name, with an empty home and next to no environment. */
async function keywright(args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
  const PATH = [dirname(bin), dirname(process.execPath), process.env['PATH']].join(':');
  const child = spawn('keywright', args, {
    cwd: elsewhere,
    env: { PATH, HOME: home, ...environment },
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  child.stdin.end();
  return ended(child);
}

describe('the package', () => {
  it('holds what is needed to run and to read, and nothing else', () => {
    const [{ files } = { files: [] }] = JSON.parse(npm('pack', '--ignore-scripts', '--json', '--dry-run').stdout) as {
      files: { path: string }[];
    }[];
    const paths = files.map(({ path }) => path);
    for (const needed of ['dist/main.js', 'dist/adopt/preload/preload.cjs', 'package.json', 'README.md', 'LICENSE']) {
      expect(paths).toContain(needed);
    }
    expect(paths.filter((path) => !/^(dist|config|docs)\/|^[A-Z]+\.md$|^LICENSE$|^package\.json$/.test(path))).toEqual(
      [],
    );
    expect(paths.filter((path) => /\.(pem|key|env|jsonl|ts)$/.test(path) && !path.endsWith('.d.ts'))).toEqual([]);
  });
});

describe('installed globally and called from another folder, with an empty home', () => {
  const whenInstalled = (name: string, test: () => Promise<void>): void => {
    it(name, async () => {
      if (installed) await test();
    });
  };

  whenInstalled('says its version', async () => {
    const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string };
    expect(await keywright(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  whenInstalled('runs a program that gets its credential and does not hold it', async () => {
    const command = ['run', '--config', standIn.config, '--', process.execPath, `${clients}fetch.mjs`];
    const { code, stdout, stderr } = await keywright(command, { GITHUB_TOKEN: token });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('200 {\\"login\\":\\"found\\"}');
    expect(stdout + stderr).not.toContain(token);
  });

  whenInstalled('needs no configuration, and keeps its audit log in the home', async () => {
    const { code, stdout } = await keywright(['run', '--', 'sh', '-c', 'echo "$GITHUB_TOKEN"'], {
      GITHUB_TOKEN: token,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ghp_\w{36}\n$/);
    expect(stdout).not.toContain(token);
    expect(readdirSync(join(home, '.local/state/keywright/audit')).length).toBeGreaterThan(0);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  whenInstalled('does not load into itself what the --vars file of a child names', async () => {
    const trace = join(base, 'loaded');
    writeFileSync(
      join(base, 'hostile.cjs'),
      `require('node:fs').appendFileSync(${JSON.stringify(trace)}, process.argv[1] + '\\n')`,
    );
    writeFileSync(join(base, 'hostile.env'), `NODE_OPTIONS='--require="${base}/hostile.cjs"'\n`);
    const run = ['run', '--vars', join(base, 'hostile.env'), '--', process.execPath, `${clients}fetch.mjs`];
    await keywright(run);
    const loaders = readFileSync(trace, 'utf8').trim().split('\n');
    expect(loaders).toContain(`${clients}fetch.mjs`);
    expect(loaders.filter((program) => /[/]keywright$|[/]main\.js$/.test(program))).toEqual([]);
  });
});
