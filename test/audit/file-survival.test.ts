import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { verifyChain } from '../../src/audit/chain.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const textOf = (name: string): string => readFileSync(join(folder, 'log', name), 'latin1');
const here = dirname(fileURLToPath(import.meta.url));
const childArguments = (...rest: string[]): string[] => [
  '--import',
  join(here, '../support/typescript-child.mjs'),
  join(here, 'writer-child.ts'),
  ...rest,
];

describe('records that were acknowledged', () => {
  it('are all in the file after kill -9, and the chain holds', async () => {
    const child = spawn(process.execPath, childArguments(join(folder, 'log')), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      said += chunk.toString();
      if (said.length > 2000) child.kill('SIGKILL');
    }
    const acknowledged = said.split('\n').slice(0, -1);
    expect(acknowledged.length).toBeGreaterThan(100);
    const [name = ''] = readdirSync(join(folder, 'log'));
    const ids = idsIn(textOf(name));
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    const { flaws, records } = verifyChain(textOf(name));
    expect(flaws.filter(({ line }) => line < records)).toEqual([]);
  });

  const unix = process.platform === 'win32' ? it.skip : it;
  unix('are all in the file when it cannot grow any more, and the first that is not is refused', () => {
    // A limit on the file's size makes the kernel write a part of a record, then fail: what a full disk does.
    const command = `ulimit -f 32; exec "$0" "$@"`;
    const { stdout } = spawnSync(
      'sh',
      ['-c', command, process.execPath, ...childArguments(join(folder, 'log'), '1000')],
      {
        encoding: 'utf8',
      },
    );
    const acknowledged = stdout.trimEnd().split('\n');
    expect(acknowledged.pop()).toBe('refused');
    const [name = ''] = readdirSync(join(folder, 'log'));
    const text = textOf(name);
    expect(text).not.toMatch(/\n$/);
    const ids = idsIn(text);
    expect(acknowledged.length).toBeGreaterThan(5);
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    expect(verifyChain(text).flaws).toEqual([{ line: acknowledged.length + 3, flaw: 'torn' }]);
  });
});

function idsIn(text: string): Set<string> {
  const whole = text.split('\n').filter((line) => line.endsWith('}'));
  return new Set(whole.map((line) => (JSON.parse(line) as { id: string }).id));
}
