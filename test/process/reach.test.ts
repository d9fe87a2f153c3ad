import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { describeReach, hasBlankEnvironment, isUnreadable } from '../../src/process/reach.js';

describe('who can read this process', () => {
  it('is everybody of its user where an ordinary program was started', () => {
    expect(isUnreadable()).toBe(false);
  });

  it('is said with the reason where it is readable, and with what stays in reach where it is not', () => {
    const why = 'it runs as root';
    expect(describeReach({ kind: 'readable', why })).toMatch(
      /readable for programs of the same user: it runs as root$/,
    );
    expect(describeReach({ kind: 'unreadable', waits: false })).toMatch(/out of reach .* not for root$/);
    expect(describeReach({ kind: 'unreadable', waits: true })).toMatch(/its arguments are in reach/);
  });
});

describe('the environment that a process was started with', () => {
  const onLinux = process.platform === 'linux' ? it : it.skip;

  onLinux('is not blank while it can be read', () => {
    expect(hasBlankEnvironment(process.pid)).toBe(false);
  });

  onLinux('is blank where there was none', () => {
    const script = `setTimeout(() => undefined, 10000).unref(); process.stdout.write(String(require('node:fs').readFileSync('/proc/self/environ').length))`;
    expect(spawnSync(process.execPath, ['-e', script], { env: {}, encoding: 'utf8' }).stdout).toBe('0');
    expect(() => hasBlankEnvironment(2 ** 30)).toThrow('ENOENT');
  });
});
