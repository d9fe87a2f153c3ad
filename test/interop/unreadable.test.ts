import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { constants } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ended, has, nodeBinaries, root, type Ended } from './run.js';
import { launch, unprivileged, type Launch, type Unprivileged } from './unprivileged.js';

jest.setTimeout(60_000);

const token = `ghp_${randomBytes(18).toString('hex')}`;
const thief = [process.execPath, `${root}test/interop/thief/thief.mjs`, [...token].reverse().join('')];
let user: Unprivileged | undefined;

beforeAll(() => {
  user = unprivileged();
});
afterAll(() => user?.close());

/** What the thief found of a process above it. */
interface Pried {
  readonly pid: number;
  readonly uid: number;
  readonly name: string;
  readonly [way: string]: unknown;
}

/** A test as an ordinary user, where there is one. */
function asUser(name: string, test: (user: Unprivileged) => Promise<void>): void {
  it(name, async () => {
    if (user !== undefined) await test(user);
  });
}

async function run(by: Unprivileged, command: readonly string[], options: Launch = {}): Promise<Ended> {
  const environment = { GITHUB_TOKEN: token, ...options.environment };
  const child = launch(by, ['run', '--', ...command], { ...options, environment });
  child.stdin.end();
  return ended(child);
}

/** The processes of our own above the thief, nearest first: this test and what started it come after. */
function ours(stdout: string): readonly Pried[] {
  const above = JSON.parse(stdout) as readonly Pried[];
  return above.slice(
    0,
    above.findIndex(({ pid }) => pid === process.pid),
  );
}

/** A cache that cannot be used: the proxy stays readable. */
const noCache = { environment: { XDG_CACHE_HOME: '/proc/no-such-folder' } };

const scriptedIn = (home: string, name: string, text: string): string => {
  writeFileSync(join(home, name), text, { mode: 0o644 });
  return join(home, name);
};

describe.each(nodeBinaries())('under %s, a child of the same user', (node) => {
  asUser('is refused all that /proc has of the proxy, and finds the secret in no process that stays', async (by) => {
    const { code, stdout, stderr } = await run(by, thief, { node });
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
    const { code, stdout, stderr } = await run(by, thief, { node, ...noCache });
    expect(code).toBe(0);
    expect(ours(stdout)).toMatchObject([{ environ: 'SECRET', memory: 'SECRET', cmdline: 'read', fd: 'read' }]);
    expect(stderr).toContain(
      "the proxy's memory is readable for programs of the same user: no copy of Node could be kept",
    );
  });

  asUser('cannot trace it, copy its memory or take its files, from a user namespace of its own neither', async (by) => {
    if (!has('python3', '-c', 'import ctypes')) return;
    const script = ['python3', `${root}test/interop/thief/trace.py`];
    const denied = 'Operation not permitted';
    const { stdout, stderr } = await run(by, script, { node });
    expect(stderr).toContain('out of reach');
    expect(JSON.parse(stdout)).toEqual({ process_vm_readv: denied, pidfd_getfd: denied, seize: denied });
    const open = await run(by, script, { node, ...noCache });
    expect(Object.values(JSON.parse(open.stdout) as object)).toContain('done');
    const apart = await run(by, ['sh', '-c', 'exec unshare --user --map-root-user "$@"', 'sh', ...script], { node });
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
      const stderr = text(child.stderr);
      const [said] = (await once(child.stdout, 'data')) as [Buffer];
      expect(said.toString()).toContain(NODE_OPTIONS);
      expect(listeningPorts(by)).toHaveLength(1);
      child.stdin.end();
      await once(child, 'exit');
      // The first process opened one, as it was told, and shut it before anything else.
      expect((await stderr).match(/Debugger listening/g)).toHaveLength(1);
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
    expect((await run(by, ['sh', '-c', 'kill -KILL $$'], { node })).code).toBe(128 + constants.signals.SIGKILL);
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
    const script = `echo "$HTTPS_PROXY" | sed 's/.*://'; exec sleep 20`;
    const child = launch(by, ['run', '--', 'sh', '-c', script], { node });
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill('SIGKILL');
    await refusedAt(Number(port));
  });
});

/** Ports on loopback on which programs of this user listen. */
function listeningPorts({ home }: Unprivileged): readonly number[] {
  const { uid } = statSync(home);
  const rows = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, local = '', , state, , , , owner] = row.trim().split(/\s+/);
    return state === '0A' && Number(owner) === uid ? [parseInt(local.split(':')[1] ?? '', 16)] : [];
  });
}

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

describe('the copy of Node that cannot be read', () => {
  const copyIn = (by: Unprivileged): string => {
    const folder = join(by.cache, 'keywright');
    const [name = ''] = readdirSync(folder).filter((entry) => entry.startsWith(`node-${process.version}-`));
    return join(folder, name);
  };

  asUser('protects a proxy that runs even when it is made readable, and is made anew for the next', async (by) => {
    await run(by, ['true']);
    const copy = copyIn(by);
    const before = statSync(copy);
    const { stdout } = await run(by, ['sh', '-c', `chmod 0755 '${copy}'; exec "$@"`, 'sh', ...thief]);
    expect(ours(stdout)[0]).toMatchObject({ environ: 'EACCES', memory: 'EACCES' });
    expect(statSync(copy).mode & 0o777).toBe(0o755);
    const again = await run(by, thief);
    expect(ours(again.stdout)[0]).toMatchObject({ environ: 'EACCES', memory: 'EACCES' });
    expect(statSync(copyIn(by)).mode & 0o777).toBe(0o111);
    expect(statSync(copyIn(by)).ino).not.toBe(before.ino);
  });

  asUser('is not taken from a folder that others can write to', async (by) => {
    const open = join(by.home, 'open');
    rmSync(open, { recursive: true, force: true });
    const { stderr } = await run(by, ['sh', '-c', `mkdir -m 0777 '${open}'; mkdir -p '${open}/keywright'`]);
    expect(stderr).toContain('out of reach');
    const refused = await run(by, ['true'], { environment: { XDG_CACHE_HOME: open } });
    expect(refused.code).toBe(0);
    expect(refused.stderr).toContain('readable for programs of the same user: others can put another folder in place');
  });

  asUser('leaves no core behind when the proxy is made to crash', async (by) => {
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
    const { stdout } = await run(by, ['sh', '-c', `${control}; echo; ${attack}`]);
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
