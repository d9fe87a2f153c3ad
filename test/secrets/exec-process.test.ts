import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCommand } from '../../src/secrets/exec-process.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-process-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const environment = { PATH: process.env['PATH'] ?? '' };
const run = (file: string, args: string[] = [], signal = new AbortController().signal): Promise<string> =>
  runCommand({ file, args, folder, environment }, signal).then(String);

const value = `s3cr3t-${randomBytes(18).toString('base64url')}`;
const shell = (script: string, signal?: AbortSignal): Promise<string> => run('/bin/sh', ['-c', script], signal);

describe('a command that cannot be started', () => {
  it('is not there, or has an interpreter that is not', async () => {
    await expect(run(join(folder, 'none'))).rejects.toThrow('it cannot be started (ENOENT)');
    writeFileSync(join(folder, 'script'), '#!/nowhere/interpreter\n');
    chmodSync(join(folder, 'script'), 0o700);
    await expect(run(join(folder, 'script'))).rejects.toThrow('it cannot be started (ENOENT)');
  });

  it('is given more than the system takes', async () => {
    await expect(run('/bin/true', ['x'.repeat(4 * 1024 * 1024)])).rejects.toThrow('it cannot be started (E2BIG)');
  });
});

describe('a command that is run', () => {
  it('is read to its end, though it closes its output and only then ends', async () => {
    expect(await run('/bin/sh', ['-c', 'echo some-value; exec >&-; sleep 0.1; touch ended'])).toBe('some-value\n');
    expect(existsSync(join(folder, 'ended'))).toBe(true);
  });

  it('is given up at once when the signal aborts', async () => {
    const controller = new AbortController();
    const running = run('/bin/sleep', ['60'], controller.signal);
    setImmediate(() => controller.abort());
    const begin = performance.now();
    await expect(running).rejects.toMatchObject({ code: 'caller_gone' });
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});

describe('a command that writes without end', () => {
  it('is ended', async () => {
    await expect(shell('echo $$ > endless; exec yes')).rejects.toThrow('it wrote more than 65536 bytes');
    expect(isAlive(pidIn('endless'))).toBe(false);
  });
});

describe('a command that takes too long', () => {
  it('is ended with all that it has started, even what does not want to', async () => {
    const script = `trap '' TERM; sh -c 'trap "" TERM; echo $$ > child; while :; do sleep 0.05; done' & echo $$ > parent; echo ${value}; wait; while :; do sleep 0.05; done`;
    const controller = new AbortController();
    const fetching = shell(script, controller.signal);
    const [parent, child] = [await pidFrom('parent'), await pidFrom('child')];
    controller.abort();
    await expect(fetching).rejects.toMatchObject({ code: 'caller_gone' });
    await ended(parent);
    await ended(child);
  });

  it('is not started where nobody waits for it any more', async () => {
    const fetching = shell('touch started', AbortSignal.abort(new Error('gone')));
    await expect(fetching).rejects.toThrow();
    expect(existsSync(join(folder, 'started'))).toBe(false);
  });
});

describe('what a command leaves behind', () => {
  it('does not hold the fetch though it holds the output open, and is ended', async () => {
    const script = `sleep 60 & echo $! > child; echo ${value}`;
    const begin = performance.now();
    expect(await shell(script)).toBe(`${value}\n`);
    expect(performance.now() - begin).toBeLessThan(3000);
    await ended(pidIn('child'));
  });

  it('may be a daemon that has left its group: it is not waited for, and lives', async () => {
    const script = `setsid sh -c 'echo $$ > daemon; exec sleep 60' & while [ ! -s daemon ]; do :; done; echo ${value}`;
    expect(await shell(script)).toBe(`${value}\n`);
    const daemon = pidIn('daemon');
    expect(isAlive(daemon)).toBe(true);
    process.kill(daemon, 'SIGKILL');
  });

  it('is no zombie', async () => {
    await shell(`echo $$ > pid; echo ${value}`);
    expect(existsSync(`/proc/${pidIn('pid')}`)).toBe(false);
  });

  it('is nothing that keeps the process from ending: no timer, no listener', async () => {
    const before = process.listenerCount('exit');
    await shell(`echo ${value}`);
    await run('/nowhere/tool').catch(() => undefined);
    expect(process.listenerCount('exit')).toBe(before);
  });
});

function pidIn(name: string): number {
  return Number(readFileSync(join(folder, name), 'utf8'));
}
/** Files of another process come without an event. */
async function until(is: () => boolean): Promise<void> {
  const late = performance.now() + 5000;
  while (!is()) {
    if (performance.now() > late) throw new TypeError('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function pidFrom(name: string): Promise<number> {
  await until(() => existsSync(join(folder, name)) && readFileSync(join(folder, name), 'utf8').endsWith('\n'));
  return pidIn(name);
}

const ended = (pid: number): Promise<void> => until(() => !isAlive(pid));

/** One that has ended and waits for its parent, which may be a lazy init of a container, has ended. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
