import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest } from '@jest/globals';
import { cleanEnvironment, ended } from '../support/run.js';
import { ordinaryUser, ours, runAs, thief, token } from './thief.js';
import { launch, type Unprivileged } from './unprivileged.js';

jest.setTimeout(60_000);

const asUser = ordinaryUser();

function scriptedIn(home: string, name: string, text: string): string {
  writeFileSync(join(home, name), text, { mode: 0o644 });
  return join(home, name);
}

describe('the copy of Node that cannot be read', () => {
  const copyIn = (by: Unprivileged): string => {
    const folder = join(by.cache, 'keywright');
    const [name = ''] = readdirSync(folder).filter((entry) => entry.startsWith(`node-${process.version}-`));
    return join(folder, name);
  };

  asUser('protects a proxy that runs even when it is made readable, and is made anew for the next', async (by) => {
    await runAs(by, ['true']);
    const copy = copyIn(by);
    const before = statSync(copy);
    const { stdout } = await runAs(by, ['sh', '-c', `chmod 0755 '${copy}'; exec "$@"`, 'sh', ...thief]);
    expect(ours(stdout)[0]).toMatchObject({ environ: 'EACCES', memory: 'EACCES' });
    expect(statSync(copy).mode & 0o777).toBe(0o755);
    const again = await runAs(by, thief);
    expect(ours(again.stdout)[0]).toMatchObject({ environ: 'EACCES', memory: 'EACCES' });
    expect(statSync(copyIn(by)).mode & 0o777).toBe(0o111);
    expect(statSync(copyIn(by)).ino).not.toBe(before.ino);
  });

  asUser('is not taken from a folder that others can write to', async (by) => {
    const open = join(by.home, 'open');
    rmSync(open, { recursive: true, force: true });
    const { stderr } = await runAs(by, ['sh', '-c', `mkdir -m 0777 '${open}'; mkdir -p '${open}/keywright'`]);
    expect(stderr).toContain('out of reach');
    const refused = await runAs(by, ['true'], { environment: { XDG_CACHE_HOME: open } });
    expect(refused.code).toBe(0);
    expect(refused.stderr).toContain('readable for programs of the same user: others can put another folder in place');
  });

  asUser('leaves no core behind when the proxy is made to crash', (by) => {
    if (readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim() !== 'core') {
      console.warn('cores do not go to the current folder here: not tried');
      return;
    }
    const cores = join(by.home, 'cores');
    rmSync(cores, { recursive: true, force: true });
    mkdirSync(cores, { mode: 0o777 });
    chmodSync(cores, 0o777);
    const crash = 'echo tried; kill -SEGV $PPID; while kill -0 $PPID 2>/dev/null; do sleep 0.05; done';
    const control = `ulimit -c unlimited; cd '${cores}'; sh -c 'kill -SEGV $$'; ls; rm -f core*`;
    const attack = `'${process.execPath}' -- '${by.program}' run -- sh -c '${crash}'; ls`;
    const env = cleanEnvironment(by.home, { XDG_CACHE_HOME: by.cache, GITHUB_TOKEN: token });
    const { stdout } = spawnSync('sh', ['-c', `${control}; echo; ${attack}`], {
      ...by.identity,
      env,
      encoding: 'utf8',
    });
    const [written = '', left = ''] = stdout.split('\n\n');
    if (written.startsWith('core')) expect(left).toBe('tried\n');
    else console.warn('no cores are written here: not tried');
  });
});

describe('serve', () => {
  asUser('says in its log and to status that it cannot be read, and ends when asked', async (by) => {
    const config = scriptedIn(
      by.home,
      'keywright.yaml',
      `version: 1\nunsafe_anonymous: true\nlisten: { proxy: ["127.0.0.1:0"], admin: "unix:${by.home}/admin.sock" }\naudit: [{ type: file, dir: ./audit }]\n`,
    );
    const child = launch(by, ['serve', '--config', config]);
    const outcome = ended(child);
    await once(child.stderr, 'data');
    const status = launch(by, ['status', '--config', config]);
    status.stdin.end();
    expect(await ended(status)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^ready\nthe proxy's memory and environment are out of reach/),
    });
    child.kill('SIGTERM');
    const { code, stderr } = await outcome;
    expect(code).toBe(0);
    expect(stderr).toMatch(/"memory":"the proxy's memory and environment are out of reach/);
  });
});
