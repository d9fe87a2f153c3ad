import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { constants } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { describe, expect, jest } from '@jest/globals';
import { has, nodeBinaries, root, ended } from '../support/run.js';
import { noCache, ordinaryUser, ours, runAs, thief, token } from './thief.js';
import { launch } from './unprivileged.js';

jest.setTimeout(60_000);

function scriptedIn(home: string, name: string, text: string): string {
  writeFileSync(join(home, name), text, { mode: 0o644 });
  return join(home, name);
}

describe.each(nodeBinaries())('under %s, a child of the same user', (node) => {
  const asUser = ordinaryUser(node);

  asUser('is refused all that /proc has of the proxy, and finds the secret in no process that stays', async (by) => {
    const { code, stdout, stderr } = await runAs(by, thief, { node });
    expect({ code, said: stderr.includes('memory and environment are out of reach') }).toEqual({ code: 0, said: true });
    const [proxy, ...waiting] = ours(stdout);
    const refused = Object.fromEntries(
      ['environ', 'thread', 'memory', 'auxv', 'fd', 'program', 'folder'].map((way) => [way, 'EACCES']),
    );
    expect(proxy).toMatchObject({ ...refused, cmdline: 'read' });
    expect(JSON.stringify(waiting)).not.toContain('SECRET');
    expect(waiting.length).toBe(stderr.includes('its arguments are in reach') ? 1 : 0);
  });

  asUser('finds it at once where no copy of Node can be kept, and the level says so', async (by) => {
    const { code, stdout, stderr } = await runAs(by, thief, { node, ...noCache });
    expect(code).toBe(0);
    expect(ours(stdout)).toMatchObject([{ environ: 'SECRET', memory: 'SECRET', cmdline: 'read', fd: 'read' }]);
    expect(stderr).toContain(
      "the proxy's memory is readable for programs of the same user: no copy of Node could be kept",
    );
  });

  asUser('cannot trace it, copy its memory or take its files, from a user namespace of its own neither', async (by) => {
    if (!has('python3', '-c', 'import ctypes')) return;
    const script = ['python3', `${root}test/run/thief/trace.py`];
    const denied = 'Operation not permitted';
    const { stdout, stderr } = await runAs(by, script, { node });
    expect(stderr).toContain('out of reach');
    expect(JSON.parse(stdout)).toEqual({ process_vm_readv: denied, pidfd_getfd: denied, seize: denied });
    const open = await runAs(by, script, { node, ...noCache });
    expect(Object.values(JSON.parse(open.stdout) as object)).toContain('done');
    const apart = await runAs(by, ['sh', '-c', 'exec unshare --user --map-root-user "$@"', 'sh', ...script], { node });
    if (apart.code === 0) expect(JSON.parse(apart.stdout)).toEqual(JSON.parse(stdout));
    else console.warn('no user namespaces here: not tried');
  });

  asUser('opens no inspector, whatever its environment says and whichever signal it sends', async (by) => {
    const trace = join(by.home, 'loaded');
    const hostile = scriptedIn(
      by.home,
      'hostile.cjs',
      `require('node:fs').appendFileSync(${JSON.stringify(trace)}, process.execPath + '\\n'); process.on('SIGUSR1', () => undefined);`,
    );
    const NODE_OPTIONS = `--inspect=127.0.0.1:0 --require=${hostile} --heapsnapshot-signal=SIGUSR2 --report-on-signal`;
    const script = `trap '' USR2; kill -USR1 $PPID; kill -USR2 $PPID; echo "$NODE_OPTIONS"; exec cat`;
    for (const more of [{}, noCache.environment]) {
      const environment = { GITHUB_TOKEN: token, ...more, NODE_OPTIONS };
      const child = launch(by, ['run', '--', 'sh', '-c', script], { node, environment });
      let stderr = '';
      child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
      const [said] = (await once(child.stdout, 'data')) as [Buffer];
      expect(said.toString()).toContain(NODE_OPTIONS);
      await refusedAt(Number(/ws:\/\/127\.0\.0\.1:(\d+)/.exec(stderr)?.[1]));
      child.stdin.end();
      await once(child, 'close');
      // The first process opened one, as it was told, and shut it before anything else.
      expect(stderr.match(/Debugger listening/g)).toHaveLength(1);
    }
    const loaders = readFileSync(trace, 'utf8').trim().split('\n');
    expect(loaders.filter((program) => program.startsWith(by.cache))).toEqual([]);
    expect(readdirSync(by.home).filter((name) => /\.heapsnapshot$|^report\./.test(name))).toEqual([]);
  });

  asUser('gets its bytes and variables as they were, and its exit code is that of the runner', async (by) => {
    const bytes = randomBytes(100_000);
    const child = launch(
      by,
      ['run', '--', 'sh', '-c', 'cat; echo "$NODE_V8_COVERAGE|$LD_BIND_NOW|$EMPTY" >&2; env >&2; exit 7'],
      {
        node,
        environment: { LD_BIND_NOW: '1', NODE_V8_COVERAGE: '/no/coverage', EMPTY: '' },
      },
    );
    child.stdin.end(bytes);
    const exited = once(child, 'exit');
    const [stdout, stderr] = await Promise.all([buffer(child.stdout), text(child.stderr)]);
    expect((await exited)[0]).toBe(7);
    expect(stdout.equals(bytes)).toBe(true);
    expect(stderr).toContain('\n/no/coverage|1|\n');
    expect(stderr).not.toMatch(/^KEYWRIGHT_/m);
    expect((await runAs(by, ['sh', '-c', 'kill -KILL $$'], { node })).code).toBe(128 + constants.signals.SIGKILL);
  });

  asUser('is asked to end where its runner is, and what it says then is the exit code', async (by) => {
    const child = launch(
      by,
      ['run', '--', 'sh', '-c', `trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done`],
      {
        node,
      },
    );
    const outcome = ended(child);
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await outcome).toMatchObject({ code: 5, stdout: 'ready\n' });
  });

  asUser('is left without a proxy where its runner is killed', async (by) => {
    const script = `echo "$HTTPS_PROXY" | sed 's/.*://'; exec sleep 5 > /dev/null 2>&1 < /dev/null`;
    const child = launch(by, ['run', '--', 'sh', '-c', script], { node });
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill('SIGKILL');
    await refusedAt(Number(port));
  });
});

/** Resolves when nobody listens there any more. */
async function refusedAt(port: number): Promise<void> {
  for (let refused = false; !refused;) {
    const socket = connect(port, '127.0.0.1');
    refused = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(false)).once('error', () => resolve(true));
    });
    socket.destroy();
  }
}
