import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newIdentity } from '../../../src/secrets/store/age.js';
import { newStoreKey, storeKey } from '../../../src/secrets/store/key.js';
import type { StoreIdentity } from '../../../src/secrets/store/settings.js';
import { someValue, storeFolder, surroundings, whyRejected, type StoreFolder } from './support.js';

let folder: StoreFolder;
let path: string;
let identity: StoreIdentity;
beforeEach(() => {
  folder = storeFolder();
  path = join(folder.path, 'deep', 'identity.txt');
  identity = { from: 'file', path };
});
afterEach(() => folder.remove());
const write = (text: string, mode = 0o600): void => {
  mkdirSync(join(folder.path, 'deep'), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
};

describe('the identity of a store in a file', () => {
  it('is never made for a store that is there', async () => {
    expect(await whyRejected(storeKey(identity, surroundings))).toMatch(
      /^MissingError: the identity of the store, .*identity\.txt, is missing, and without it/,
    );
    expect(existsSync(path)).toBe(false);
  });

  it('is refused where others than its owner can read or write it', async () => {
    const made = (await newIdentity()).identity;
    for (const mode of [0o640, 0o604, 0o620, 0o602]) {
      write(made, mode);
      const why = await whyRejected(storeKey(identity, surroundings));
      expect(why).toMatch(/is open to others than its owner: make it 0600\.$/);
      expect(why).not.toContain(made);
      expect(await whyRejected(newStoreKey(identity, surroundings))).toBe(why);
    }
  });

  it('is refused where it is none, is two, or is a public key; and not repeated', async () => {
    const [one, other] = [await newIdentity(), await newIdentity()];
    for (const text of ['', '# only\n', someValue(), `${one.identity}\n${other.identity}\n`, one.recipient]) {
      write(text);
      const why = await whyRejected(storeKey(identity, surroundings));
      expect(why).toMatch(/is not one identity of age \(AGE-SECRET-KEY-1…\)\.$/);
      if (text !== '') expect(why).not.toContain(text.trim());
    }
  });

  it('is not made where a link leads to nowhere, nor in a folder of everybody', async () => {
    mkdirSync(join(folder.path, 'deep'));
    symlinkSync(join(folder.path, 'elsewhere'), path);
    expect(await whyRejected(newStoreKey(identity, surroundings))).toMatch(/was not there, and now it is/);
    expect(existsSync(join(folder.path, 'elsewhere'))).toBe(false);
    chmodSync(join(folder.path, 'deep'), 0o777);
    const other: StoreIdentity = { from: 'file', path: join(folder.path, 'deep', 'other') };
    expect(await whyRejected(newStoreKey(other, surroundings))).toMatch(/every user can write to the folder/);
  });

  it.each([0o000, 0o077])('is made once, for its owner alone, by umask %o', async (umask) => {
    const before = process.umask(umask);
    try {
      const { key, made } = await newStoreKey(identity, surroundings);
      expect(made).toContain(path);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(statSync(join(folder.path, 'deep')).mode & 0o777).toBe(0o700);
      expect(await newStoreKey(identity, surroundings)).toEqual({ key, made: undefined });
      expect(await storeKey(identity, surroundings)).toEqual(key);
      expect(readFileSync(path, 'utf8')).toMatch(/^# created: .*\n# public key: age1\S+\nAGE-SECRET-KEY-1\S+\n$/);
    } finally {
      process.umask(before);
    }
  });
});

describe('the passphrase of a store', () => {
  const passphrase = someValue();

  it('is refused where nobody can be asked, or is empty, or too short for a new store', async () => {
    const asked: StoreIdentity = { from: 'passphrase', file: undefined };
    expect(await whyRejected(storeKey(asked, surroundings))).toMatch(/is asked for at a terminal only/);
    const answering = (answer: string) => ({ ...surroundings, askPassphrase: () => Promise.resolve(answer) });
    expect(await whyRejected(storeKey(asked, answering('')))).toMatch(/UsageError: .*is empty/);
    const why = await whyRejected(newStoreKey(asked, answering('elevenchars')));
    expect(why).toBe('UsageError: the passphrase of a store has to be at least 12 characters long.');
  });

  it('is refused from a file that is missing or open to others', async () => {
    const filed: StoreIdentity = { from: 'passphrase', file: path };
    expect(await whyRejected(storeKey(filed, surroundings))).toMatch(/passphrase of the store, .*, is missing\.$/);
    write(passphrase, 0o644);
    const why = await whyRejected(storeKey(filed, surroundings));
    expect(why).toMatch(/open to others/);
    expect(why).not.toContain(passphrase);
  });

  it('is the first line of a file', async () => {
    write(`${passphrase}\r\nmore\n`);
    expect(await storeKey({ from: 'passphrase', file: path }, surroundings)).toEqual({
      kind: 'passphrase',
      passphrase,
    });
  });
});
