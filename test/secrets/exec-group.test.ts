import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, jest } from '@jest/globals';
import { ProcessGroup } from '../../src/secrets/exec-group.js';

const realKill = process.kill.bind(process);
const start = (script: string) =>
  spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });

describe('the process group of a command', () => {
  it('is asked to end, and ended where it does not', async () => {
    const polite = start('echo; exec sleep 60');
    const stubborn = start("trap '' TERM; echo; while :; do sleep 0.05; done");
    await Promise.all([once(polite.stdout, 'data'), once(stubborn.stdout, 'data')]);
    const groups = [polite, stubborn].map((child) => new ProcessGroup(child));
    const endings = [polite, stubborn].map((child) => once(child, 'exit'));
    for (const group of groups) group.end();
    expect(await Promise.all(endings)).toEqual([
      [null, 'SIGTERM'],
      [null, 'SIGKILL'],
    ]);
    for (const group of groups) group.leave();
  });

  it('ends with this process: what runs then is ended', async () => {
    const before = process.listeners('exit');
    const child = start('echo; exec sleep 60');
    await once(child.stdout, 'data');
    const group = new ProcessGroup(child);
    const [onExit] = process.listeners('exit').filter((listener) => !before.includes(listener));
    const ending = once(child, 'exit');
    onExit?.(0);
    expect(await ending).toEqual([null, 'SIGKILL']);
    group.leave();
    expect(process.listeners('exit')).toEqual(before);
  });

  it('ends with this process where a signal ends that, and nobody else listens to it', async () => {
    const before = process.listeners('SIGHUP');
    const child = start('echo; exec sleep 60');
    await once(child.stdout, 'data');
    const group = new ProcessGroup(child);
    const ending = once(child, 'exit');
    const [onSignal] = process.listeners('SIGHUP').filter((listener) => !before.includes(listener));
    const kill = jest.spyOn(process, 'kill');
    const other = (): void => undefined;
    process.on('SIGHUP', other);
    onSignal?.('SIGHUP');
    expect(kill).not.toHaveBeenCalled();
    process.off('SIGHUP', other);
    // What it would send to this process is not to end the test.
    kill.mockImplementation((pid, signal) => pid === process.pid || realKill(pid, signal));
    onSignal?.('SIGHUP');
    const sent = [...kill.mock.calls];
    kill.mockRestore();
    expect(await ending).toEqual([null, 'SIGKILL']);
    expect(sent.at(-1)).toEqual([process.pid, 'SIGHUP']);
    expect(process.listeners('SIGHUP')).toEqual(before);
    group.leave();
  });

  it('is sent nothing once it has ended, as its number may be of another then', async () => {
    const child = start(':');
    const group = new ProcessGroup(child);
    await once(child, 'exit');
    group.leave();
    const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
    group.end();
    group.kill();
    group.leave();
    const sent = kill.mock.calls;
    kill.mockRestore();
    expect(sent).toEqual([]);
  });

  it('is none where the command was not started', async () => {
    const child = spawn('/nowhere/tool', { detached: true });
    const failed = once(child, 'error');
    const group = new ProcessGroup(child);
    group.kill();
    group.leave();
    await failed;
  });
});
