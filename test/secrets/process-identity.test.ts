import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { stateOf, thisProcess } from '../../src/secrets/process-identity.js';

const hasEnded = (description: string): boolean => stateOf(description) === 'ended';
const linux = process.platform === 'linux' ? it : it.skip;

/** This process with one word of its description changed. */
function changed(at: number, word: string): string {
  const words = thisProcess().split(' ');
  words[at] = word;
  return words.join(' ');
}

describe('a process is not said to have ended', () => {
  it('when it is this one, and when it is another that runs', () => {
    expect(hasEnded(thisProcess())).toBe(false);
    expect(hasEnded(`${thisProcess()} 0123\n`)).toBe(false);
    expect(hasEnded(changed(4, String(process.ppid)).replace(/\S+$/, '-'))).toBe(false);
  });

  linux('when it is stopped', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    child.kill('SIGSTOP');
    const begun = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(' ')[21];
    expect(hasEnded(changed(4, String(child.pid)).replace(/\S+$/, begun ?? ''))).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(hasEnded(changed(4, String(child.pid)).replace(/\S+$/, begun ?? ''))).toBe(true);
  });

  it.each([
    ['of another host', changed(0, 'elsewhere')],
    ['of another machine with the same name', changed(1, 'ab'.repeat(16))],
    ['of another container', changed(3, 'pid:[1]')],
    ['of a boot before, in a container', changed(2, 'before').replace(/pid:\[\d+\]/, 'pid:[1]')],
    ['that nothing describes', ''],
    ['that something else describes', 'x'],
    ['without a number', changed(4, '0x1')],
    ['of number zero, which is a group', changed(4, '0')],
  ])('where it is one %s', (_, description) => {
    expect(hasEnded(description)).toBe(false);
  });
});

describe('a process has ended', () => {
  it('when none has its number', async () => {
    const child = spawn(process.execPath, ['-v']);
    await once(child, 'exit');
    expect(hasEnded(changed(4, String(child.pid)))).toBe(true);
  });

  linux('when its number belongs to one that began at another time', () => {
    expect(hasEnded(changed(5, '1'))).toBe(true);
  });
});
