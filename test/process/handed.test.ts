import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import {
  adoptEnvironmentOf,
  keptNodeOptions,
  renamedEnvironment,
  restoreEnvironment,
  startEnvironment,
} from '../../src/process/handed.js';

const hostile = {
  NODE_OPTIONS: '--inspect --require=/x.cjs',
  LD_PRELOAD: '/x.so',
  NODE_V8_COVERAGE: '/x',
  NODE_PATH: '/x',
  OPENSSL_CONF: '/x.cnf',
};

describe('an environment under other names', () => {
  it('holds nothing that acts on the start of a program, but what adds roots', () => {
    const names = Object.keys(renamedEnvironment({ ...hostile, NODE_EXTRA_CA_CERTS: '/ca.pem', GONE: undefined }));
    expect(names.filter((name) => !name.startsWith('KEYWRIGHT_'))).toEqual(['NODE_EXTRA_CA_CERTS']);
    expect(startEnvironment(hostile, 'by-parent')).toEqual({ KEYWRIGHT_HANDED: 'by-parent' });
  });

  it('comes back as it was, whatever its names and values', () => {
    const original = {
      ...hostile,
      EMPTY: '',
      'BASH_FUNC_x%%': '() { :; }',
      NODE_EXTRA_CA_CERTS: '/ca.pem',
      A: 'b=c\nd',
    };
    const environment: Record<string, string | undefined> = renamedEnvironment(original);
    restoreEnvironment(environment);
    expect(environment).toEqual(original);
  });
});

describe("another process's environment", () => {
  it('is taken over whole, in place of what was there', async () => {
    if (process.platform !== 'linux') return;
    const env = { A: 'b=c', EMPTY: '', SPACED: ' x\ny ' };
    const other = spawn('/bin/cat', [], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    other.stdin.write('.');
    await once(other.stdout, 'data');
    const environment: Record<string, string | undefined> = { OLD: 'x' };
    adoptEnvironmentOf(other.pid ?? 0, environment);
    other.stdin.end();
    expect(environment).toEqual(env);
  });
});

describe('options of Node that are kept', () => {
  it.each([
    '--inspect',
    '--inspect-brk=0.0.0.0:9229',
    '--require=/x.cjs',
    '--import=/x.mjs',
    '--heapsnapshot-signal=SIGUSR2',
    '--report-on-signal',
    '--tls-keylog=/x',
    '--env-file=/x',
    '--experimental-loader=/x',
    '--use-system-ca=/x',
  ])('are not %s', (option) => {
    expect(keptNodeOptions([option], option)).toEqual([]);
  });

  it('are those of memory and roots, wherever they were given', () => {
    expect(keptNodeOptions(['--max-old-space-size=4096'], ' --use-system-ca --inspect ')).toEqual([
      '--use-system-ca',
      '--max-old-space-size=4096',
    ]);
    expect(keptNodeOptions([], undefined)).toEqual([]);
  });
});
