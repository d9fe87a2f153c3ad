import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { kindsIn, verifiedFolder } from './verified.js';

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

const logNames = (): string[] => readdirSync(join(folder, 'log')).filter((name) => name.endsWith('.jsonl'));

describe('records that were acknowledged', () => {
  it('are all in the file after kill -9, and the chain holds', async () => {
    const child = spawn(process.execPath, childArguments(join(folder, 'log')), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      said += chunk.toString();
      if (said.length > 4000) child.kill('SIGKILL');
    }
    const acknowledged = said.split('\n').slice(0, -1);
    expect(acknowledged.length).toBeGreaterThan(100);
    const [name = ''] = logNames();
    const ids = idsIn(textOf(name), 'use');
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    const verdict = verifiedFolder(join(folder, 'log'));
    expect(verdict).toMatchObject({ intact: true });
    expect(kindsIn(verdict).filter((kind) => kind !== 'unfinished' && kind !== 'torn')).toEqual([]);
  });

  it('are all in the files of several processes that write into one folder at once, and make its key together', async () => {
    const instances = ['one', 'two'];
    const children = instances.map((instance) =>
      spawn(process.execPath, childArguments(join(folder, 'log'), '10', instance, '40'), {
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
    const said = await Promise.all(children.map(async (child) => text(child.stdout)));
    for (const [i, instance] of instances.entries()) {
      const acknowledged = (said[i] ?? '').trimEnd().split('\n');
      expect(acknowledged).toHaveLength(120);
      const [name = ''] = logNames().filter((file) => file.startsWith(instance));
      const [uses, ends] = [idsIn(textOf(name), 'use'), idsIn(textOf(name), 'end')];
      expect(acknowledged.filter((id) => !uses.has(id) || !ends.has(id))).toEqual([]);
    }
    expect(verifiedFolder(join(folder, 'log'))).toMatchObject({ intact: true, findings: [], files: 2 });
    const keys = logNames().map((name) => (JSON.parse(textOf(name).split('\n')[0] ?? '') as { key: string }).key);
    expect(new Set(keys).size).toBe(1);
  });

  const unix = process.platform === 'win32' ? it.skip : it;
  unix('are all in the file when it cannot grow any more, and the first batch that is not is refused', () => {
    // A limit on the file's size makes the kernel write a part of a record, then fail: what a full disk does.
    const command = `ulimit -f 32; exec "$0" "$@"`;
    const { stdout } = spawnSync(
      'sh',
      ['-c', command, process.execPath, ...childArguments(join(folder, 'log'), '1000')],
      { encoding: 'utf8' },
    );
    const acknowledged = stdout.trimEnd().split('\n');
    expect(acknowledged.pop()).toBe('refused');
    const [name = ''] = logNames();
    expect(textOf(name)).not.toMatch(/\n$/);
    const ids = idsIn(textOf(name), 'use');
    expect(acknowledged.length).toBeGreaterThan(5);
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    const verdict = verifiedFolder(join(folder, 'log'));
    expect(verdict).toMatchObject({ intact: true });
    expect(kindsIn(verdict)).toContain('torn');
  });
});

function idsIn(log: string, kind: string): Set<string> {
  const whole = log.split('\n').filter((line) => line.includes(`"kind":"${kind}"`) && line.endsWith('}'));
  return new Set(whole.map((line) => (JSON.parse(line) as { id: string }).id));
}
