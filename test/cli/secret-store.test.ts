import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { locateStore } from '../../src/cli/secret-store.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { contentsOf, someValue, storeFolder, whyRejected, type StoreFolder } from '../secrets/store/support.js';

let home: StoreFolder;
beforeEach(() => {
  home = storeFolder();
  writeFileSync(join(home.path, 'k.yaml'), 'version: 1\nstore: { file: ./s.age, identity: { from: passphrase } }\n', {
    mode: 0o600,
  });
});
afterEach(() => home.remove());

/** Makes the store of the configuration as somebody who types these, one after the other; `asked` is what they were asked. */
async function made(...typed: string[]): Promise<{ readonly why: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const askHidden = (prompt: string): Promise<string | undefined> => {
    asked.push(prompt);
    return Promise.resolve(typed.shift());
  };
  const terminal = { environment: {}, platform: 'linux', home: home.path, askHidden } as unknown as Terminal;
  const invocation = { values: { config: join(home.path, 'k.yaml') }, positionals: [], rest: undefined };
  const change = locateStore(invocation, terminal).store.change(() => contentsOf({ a: { value: someValue() } }));
  return { why: await whyRejected(change.then(() => Promise.reject(new Error('made')))), asked };
}

describe('the passphrase of a new store', () => {
  it('is refused where it is too short, before it is asked for again', async () => {
    const { why, asked } = await made('abc', 'abc');
    expect(why).toBe('UsageError: the passphrase of a store has to be at least 12 characters long.');
    expect(asked).toEqual([`Passphrase of the new store ${join(home.path, 's.age')}: `]);
  });

  it('is refused where it is another the second time', async () => {
    expect((await made(someValue(), someValue())).why).toBe('UsageError: the two passphrases are not the same.');
  });

  it('is taken where it is the same twice', async () => {
    const passphrase = someValue();
    const { why, asked } = await made(passphrase, passphrase);
    expect(why).toBe('Error: made');
    expect(asked).toHaveLength(2);
  });
});
