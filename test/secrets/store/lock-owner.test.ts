import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { describeOwner, stateOfOwner } from '../../../src/secrets/store/lock-owner.js';

/** The same owner with some of its words changed: where, number, start, what sets it apart. */
function changed(change: (words: string[]) => void): string {
  const words = describeOwner().trim().split(' ');
  change(words);
  return words.join(' ');
}
const onLinux = existsSync('/proc/self/stat') ? it : it.skip;

describe('the owner of a lock', () => {
  it('cannot be asked after on another machine, in another container, or where the text is none of ours', () => {
    expect(stateOfOwner(changed((words) => (words[0] = `other-${hostname()}/boot/space`)))).toBe('unknown');
    expect(stateOfOwner(changed((words) => (words[0] = words[0]?.replace(/[^/]*$/, 'pid:[1]') ?? '')))).toBe('unknown');
    for (const text of ['', 'x', `${hostname()} 1`, changed((words) => (words[1] = '-1'))]) {
      expect(stateOfOwner(text)).toBe('unknown');
    }
  });

  onLinux('has ended where its number belongs to a process that started at another time', () => {
    expect(stateOfOwner(changed((words) => (words[2] = '1')))).toBe('ended');
  });

  onLinux('has ended once it was killed, also while its parent takes no notice', async () => {
    // What the shell becomes never asks after the children of the shell.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60']);
    const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(printed.toString());
    const started = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[21] ?? '';
    const owner = changed((words) => words.splice(1, 2, String(pid), started));
    expect(stateOfOwner(owner)).toBe('alive');
    process.kill(pid, 'SIGKILL');
    while (!readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) await new Promise(setImmediate);
    expect(stateOfOwner(owner)).toBe('ended');
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect(stateOfOwner(owner)).toBe('ended');
  });

  it('is alive while it is, and no two are the same', () => {
    expect(stateOfOwner(describeOwner())).not.toBe('ended');
    expect(describeOwner()).not.toBe(describeOwner());
  });
});
