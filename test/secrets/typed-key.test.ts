import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { envSource } from '../../src/secrets/env.js';
import { execSource } from '../../src/secrets/exec.js';
import { fileSource } from '../../src/secrets/file.js';
import type { Source } from '../../src/secrets/index.js';
import { kubernetesSource } from '../../src/secrets/kubernetes.js';
import { openStore } from '../../src/secrets/store/index.js';
import { storeSource } from '../../src/secrets/store.js';
import { systemdSource } from '../../src/secrets/systemd.js';
import { fetchContext, sourceContext, whyUnavailable } from './context.js';
import { mistakesOfSecret } from './mistakes.js';
import { surroundings } from './store/support.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-typed-'));
  writeFileSync(join(folder, 'fields.json'), '{"a":"b"}', { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const given = () => sourceContext({ folder, environment: { CREDENTIALS_DIRECTORY: folder, PATH: folder } });
const whole = { format: 'text' as const, refresh: 1, max_stale: 1, environment: [] };
const one = { path: 'fields.json', format: 'json' } as const;
const places: readonly [string, (key: string) => object, (key: string) => Source][] = [
  ['env.name', (name) => ({ from: 'env', name }), (name) => envSource.make({ name }, given())],
  ['file.path', (path) => ({ from: 'file', path }), (path) => fileSource.make({ path, format: 'text' }, given())],
  ['file.key', (key) => ({ from: 'file', ...one, key }), (key) => fileSource.make({ ...one, key }, given())],
  ['kubernetes.path', (path) => ({ from: 'kubernetes', path }), (path) => kubernetesSource.make({ path }, given())],
  [
    'kubernetes.key',
    (key) => ({ from: 'kubernetes', path: '.', key }),
    (key) => kubernetesSource.make({ path: '.', key }, given()),
  ],
  [
    'systemd.credential',
    (credential) => ({ from: 'systemd', credential }),
    (credential) => systemdSource.make({ credential, format: 'text' }, given()),
  ],
  [
    'exec.command[0]',
    (command) => ({ from: 'exec', command: [command] }),
    (command) => execSource.make({ ...whole, command: [command] }, given()),
  ],
];

describe.each(places)('a key that was typed as %s', (_, options, make) => {
  it.each(['ghp_Zk3vQ9xLw8Rt2Yb5', 'hvs.CAESIZk3vQ9xLw8', 'sk-live1234'])(
    'is refused where it begins like one, and not repeated: %s',
    (key) => {
      const mistakes = mistakesOfSecret(options(key));
      expect(mistakes).toEqual([expect.stringMatching(/not shown: it could be a secret\); allowed is /)]);
      expect(mistakes.join('\n')).not.toContain(key);
    },
  );

  it.each(['Zk3vQ9xLw8Rt2Y', 'kq93-Zvbn_x81mm.Q7w', '00112233445566778899aabbccddeeff'])(
    'is not in the reason why there is no secret: %s',
    async (key) => {
      const why = await whyUnavailable(make(key).fetch(fetchContext()));
      expect(why).toContain('(not shown: it could be a secret)');
      expect(why).not.toContain(key);
    },
  );
});

describe('a key that was typed as store.name', () => {
  it('is refused, or not in the reason why there is no secret', async () => {
    expect(mistakesOfSecret({ from: 'store', name: 'ghp_Zk3vQ9xLw8Rt2Yb5' }).join('\n')).toMatch(/not shown/);
    const store = {
      ...openStore({ file: '', identity: { from: 'file', path: '' } }, surroundings),
      sealed: () => Promise.resolve(new Map()),
    };
    const why = await whyUnavailable(
      storeSource.make({ name: 'Zk3vQ9xLw8Rt2Y' }, sourceContext({ store })).fetch(fetchContext()),
    );
    expect(why).toMatch(/the store has no secret \(not shown: it could be a secret\)$/);
  });
});
