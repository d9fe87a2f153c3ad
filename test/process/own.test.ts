import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { becomeUnreadable, type Start } from '../../src/process/own.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'keywright-own-'));
});
afterEach(() => rmSync(home, { recursive: true }));

async function become(more: Partial<Start>): Promise<unknown> {
  const start: Start = {
    script: '/nowhere/main.js',
    args: ['run'],
    execArgv: [],
    environment: {},
    home,
    platform: 'linux',
    onSignal: () => () => undefined,
    ...more,
  };
  return becomeUnreadable(start);
}

/** That a start again works is shown by test/run/unreadable.test.ts. */
describe('a process stays as it is, and says why', () => {
  it('where the system is not Linux', async () => {
    const reach = { kind: 'readable', why: 'this system has no way to prevent it' };
    expect(await become({ platform: 'darwin' })).toEqual(reach);
  });

  it('as root', async () => {
    if (process.getuid?.() !== 0) return;
    expect(await become({})).toMatchObject({ kind: 'readable', why: expect.stringContaining('runs as root') });
  });

  it('for a command that is over in a moment, for which no copy is made', async () => {
    expect(await become({ args: ['check'] })).toMatchObject({ kind: 'readable' });
    expect(readdirSync(home)).toEqual([]);
  });

  it('where a start again changed nothing, with its environment restored', async () => {
    const environment = {
      KEYWRIGHT_HANDED: 'renamed',
      KEYWRIGHT_OF_USER_NODE_OPTIONS: '--inspect',
      SSL_CERT_FILE: '/x',
    };
    expect(await become({ environment })).toMatchObject({
      kind: 'readable',
      why: expect.stringContaining('does not keep'),
    });
    expect(environment).toEqual({ NODE_OPTIONS: '--inspect' });
  });
});
