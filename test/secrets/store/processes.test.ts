import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { root } from '../../support/run.js';
import { changeContents, readContents } from '../../../src/secrets/store/change.js';
import { storeFolder, surroundings, type StoreFolder } from './support.js';

jest.setTimeout(60_000);

let folder: StoreFolder;
beforeEach(() => {
  folder = storeFolder();
});
afterEach(() => folder.remove());

const setter = fileURLToPath(new URL('setter.mjs', import.meta.url));
const start = (prefix: string, count: number) =>
  spawn(process.execPath, [setter, `${root}dist`, folder.path, prefix, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
};
const named = async (): Promise<readonly string[]> =>
  [...((await readContents(folder.settings, surroundings)) ?? new Map<string, never>()).keys()].sort();

describe('processes that change a store', () => {
  it('lose nothing of what each of them sets, two at once', async () => {
    const children = [start('a', 20), start('b', 20)];
    const told = (await Promise.all(children.map(({ stdout }) => text(stdout)))).join('');
    const names = told.split('\n').filter((line) => line !== '' && line !== 'ready');
    expect(names).toHaveLength(40);
    expect(await named()).toEqual(names.sort());
    expect(readdirSync(folder.path).sort()).toEqual(['secrets-identity.txt', 'secrets.age']);
  });

  it('leave a store with all that they told when they are killed at any moment, and hold up nobody', async () => {
    const told: string[] = [];
    const steady = start('s', 25);
    const steadily = text(steady.stdout);
    for (let round = 0; round < 10; round += 1) {
      const child = start(`k${round}x`, 1000);
      const ready = once(child.stdout, 'data');
      let heard = '';
      child.stdout.on('data', (chunk: Buffer) => (heard += chunk.toString()));
      await ready;
      // At no moment in particular: any may be the one at which a half of something lies there.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
      const over = ended(child);
      child.kill('SIGKILL');
      await over;
      told.push(...heard.split('\n').filter((line) => line !== '' && line !== 'ready'));
    }
    told.push(...(await steadily).split('\n').filter((line) => line !== '' && line !== 'ready'));
    expect(told.filter((name) => name.startsWith('s'))).toHaveLength(25);
    const before = performance.now();
    await changeContents(folder.settings, surroundings, (contents) => contents ?? new Map());
    expect(performance.now() - before).toBeLessThan(5000);
    const names = await named();
    expect(told.filter((name) => !names.includes(name))).toEqual([]);
    expect(readdirSync(folder.path).sort()).toEqual(['secrets-identity.txt', 'secrets.age']);
  });
});
