import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { cleanEnvironment, ended, has, keywrightRun, program, startRun } from '../support/run.js';

jest.setTimeout(30_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-process-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sh = (script: string): readonly string[] => ['sh', '-c', script];

describe('the exit code of run', () => {
  it.each([0, 1, 2, 7, 70, 255])("is the child's own: %i", async (code) => {
    expect((await keywrightRun(sh(`exit ${code}`), { folder })).code).toBe(code);
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGSEGV'] as const)(
    'is 128 + %s where that ended the child',
    async (signal) => {
      const number = constants.signals[signal];
      expect((await keywrightRun(sh(`ulimit -c 0; kill -${number} $$`), { folder })).code).toBe(128 + number);
    },
  );

  it.each([
    ['is not there', 'no-such-program', 'there is no such program on the PATH'],
    ['may not be executed', './file', 'it is not executable for this user'],
  ])('is 1, with one sentence, where the child %s', async (_, command, why) => {
    writeFileSync(join(folder, 'file'), '', { mode: 0o600 });
    const { code, stdout, stderr } = await keywrightRun([command], { folder, cwd: folder });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(`keywright: cannot start "${command}": ${why}.`);
  });
});

it('a child with too large an environment cannot be started: exit code 1, one sentence', async () => {
  const variables = join(folder, 'large.env');
  writeFileSync(variables, `LARGE=${'x'.repeat(200_000)}\n`);
  const { code, stderr } = await keywrightRun(sh('exit 0'), { folder, options: ['--vars', variables] });
  expect(code).toBe(1);
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
    /^keywright: cannot start "sh": its arguments and environment are too large\.$/,
  );
});

describe('a signal to run', () => {
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;

  it.each(signals)('reaches the child, which may go on: %s', async (signal) => {
    const script = `process.once('${signal}', () => { console.log('${signal}'); process.exit(3); });
      setTimeout(() => undefined, 20000); console.log('ready');`;
    const child = startRun([process.execPath, '-e', script], { folder });
    const outcome = ended(child);
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await outcome).toMatchObject({ code: 3, stdout: `ready\n${signal}\n` });
  });

  it.each(signals)('ends a child that does not care, and the exit code says so: %s', async (signal) => {
    const child = startRun(sh('ulimit -c 0; echo ready; exec sleep 20'), { folder });
    const outcome = ended(child);
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await outcome).toMatchObject({ code: 128 + constants.signals[signal], stdout: 'ready\n' });
  });

  it('that opens the inspector of other Node programs opens none', async () => {
    const child = startRun(sh('echo ready; exec cat'), { folder });
    const outcome = ended(child);
    await once(child.stdout, 'data');
    child.kill('SIGUSR1');
    child.stdin.end('still here');
    const { code, stdout, stderr } = await outcome;
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'ready\nstill here' });
    expect(stderr).not.toContain('Debugger');
  });
});

describe("the child's stdin, stdout and stderr", () => {
  it('are untouched: bytes, end of input, and nothing of ours on stdout', async () => {
    const bytes = randomBytes(1_000_000);
    const child = startRun(sh('cat; echo to-stderr >&2'), { folder });
    child.stdin.end(bytes);
    const [stdout, stderr] = await Promise.all([buffer(child.stdout), buffer(child.stderr)]);
    expect(stdout.equals(bytes)).toBe(true);
    const lines = stderr.toString().trimEnd().split('\n');
    expect(lines[0]).toMatch(/^keywright: level L1\./);
    expect(lines.at(-1)).toBe('to-stderr');
  });

  it('end of input reaches a child that waits for it', async () => {
    const child = startRun(sh('echo ready; cat; echo end'), { folder });
    const outcome = ended(child);
    await once(child.stdout, 'data');
    child.stdin.end();
    expect(await outcome).toMatchObject({ code: 0, stdout: 'ready\nend\n' });
  });
});

describe('on a terminal', () => {
  const there = has('script', '-qec', 'true', '/dev/null');

  /** `keywright run` on a terminal of its own, which `script` (util-linux) makes. */
  function onTerminal(code: string): ReturnType<typeof spawn> {
    const file = join(folder, 'child.cjs');
    writeFileSync(file, code);
    const command = `exec '${process.execPath}' -- '${program}' run -- '${process.execPath}' '${file}'`;
    return spawn('script', ['-qec', command, '/dev/null'], { env: cleanEnvironment(folder), cwd: folder });
  }

  it('the child has it as stdin, stdout and stderr', async () => {
    if (!there) return;
    const child = onTerminal(`console.log('tty ' + [0, 1, 2].map(require('node:tty').isatty).join())`);
    const output = (await buffer(child.stdout!)).toString();
    expect(output).toContain('tty true,true,true');
  });

  it('a Ctrl-C reaches the child exactly once, and run waits for it', async () => {
    if (!there) return;
    // The second one, were there one, would come within the same instant: half a second is ample.
    const child = onTerminal(`let count = 0;
      process.on('SIGINT', () => { count += 1; if (count === 1) setTimeout(() => { console.log('got ' + count); process.exit(5); }, 500); });
      setTimeout(() => undefined, 20000); console.log('ready');`);
    let output = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      if (!output.includes('ready') && (output + chunk.toString()).includes('ready')) child.stdin!.write('\x03');
      output += chunk.toString();
    });
    const [code] = (await once(child, 'close')) as [number];
    expect(output).toContain('got 1');
    expect(code).toBe(5);
  });
});

describe('after run', () => {
  it.each([
    ['ended by itself', 'exit 0'],
    ['failed', 'exit 3'],
    ['was killed', 'kill -9 $$'],
  ])('whose child %s, nothing private is left in the folder for temporary files', async (_, script) => {
    await keywrightRun(sh(script), { folder });
    expect(readdirSync(folder).filter((name) => name.startsWith('keywright-'))).toEqual([]);
  });

  it('the proxy is gone, whoever of the child still lives', async () => {
    const script = `echo "$HTTPS_PROXY" | sed 's/.*://'; sleep 20 > /dev/null 2>&1 < /dev/null &`;
    const { stdout } = await keywrightRun(sh(script), { folder });
    await expect(fetch(`http://127.0.0.1:${stdout.trim()}/`)).rejects.toThrow('fetch failed');
  });
});
