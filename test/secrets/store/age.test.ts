import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decrypter, Encrypter } from 'age-encryption';
import { afterAll, describe, expect, it } from '@jest/globals';
import { decrypt, encrypt, isIdentity, newIdentity, type StoreKey } from '../../../src/secrets/store/age.js';
import { has } from '../../support/run.js';
import { someValue, storeFolder, whyRejected } from './support.js';

const folder = storeFolder();
afterAll(folder.remove);
const text = someValue();
const fresh = async (): Promise<StoreKey> => ({ kind: 'identity', identity: (await newIdentity()).identity });

describe('an age file', () => {
  it('is refused for another identity, also where it has a passphrase', async () => {
    const file = await encrypt(text, await fresh());
    expect(await whyRejected(decrypt(file, await fresh(), '/s.age'))).toBe(
      'MissingError: the store /s.age was encrypted for another identity: `identity` in `store` has to be the one that it was made with.',
    );
    expect(await whyRejected(decrypt(file, { kind: 'passphrase', passphrase: text }, '/s.age'))).toBe(
      'MissingError: the store /s.age is opened by an identity, not by a passphrase: `identity` in `store` has to be `{ from: file, … }` or `{ from: keyring }`.',
    );
  });

  it('is refused wherever one bit of it was changed, or its end is missing', async () => {
    const key = await fresh();
    const file = await encrypt(text, key);
    expect(await decrypt(file, key, '/s.age')).toBe(text);
    for (let at = 0; at < file.length; at += 7) {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const why = await whyRejected(decrypt(changed, key, '/s.age'));
      expect(why).toMatch(/^MissingError: the store \/s\.age (?:is damaged|was encrypted for another identity)/);
      expect(why).not.toContain(text);
    }
    for (const length of [0, 10, file.length - 1]) {
      expect(await whyRejected(decrypt(file.subarray(0, length), key, '/s.age'))).toMatch(/is damaged/);
    }
  });

  it('says of a text whether age takes it for an identity', async () => {
    const { identity, recipient } = await newIdentity();
    expect(await isIdentity(identity)).toBe(true);
    for (const other of ['', recipient, `${identity}X`, identity.toLowerCase()])
      expect(await isIdentity(other)).toBe(false);
  });

  (has('age', '--version') ? it : it.skip)('is read by the age CLI, and the other way round', async () => {
    const { identity, recipient } = await newIdentity();
    const key: StoreKey = { kind: 'identity', identity };
    writeFileSync(join(folder.path, 'id'), `${identity}\n`, { mode: 0o600 });
    const read = spawnSync('age', ['--decrypt', '-i', join(folder.path, 'id')], { input: await encrypt(text, key) });
    expect(read.stdout.toString()).toBe(text);
    const { stdout } = spawnSync('age', ['--encrypt', '-r', recipient], { input: text });
    expect(await decrypt(stdout, key, '/s.age')).toBe(text);
  });
});

describe('an age file with a passphrase', () => {
  const key: StoreKey = { kind: 'passphrase', passphrase: someValue() };

  it('is read by age-encryption itself, and the other way round', async () => {
    const decrypter = new Decrypter();
    decrypter.addPassphrase(key.passphrase);
    expect(await decrypter.decrypt(await encrypt(text, key), 'text')).toBe(text);
    const encrypter = new Encrypter();
    encrypter.setPassphrase(key.passphrase);
    encrypter.setScryptWorkFactor(10);
    expect(await decrypt(await encrypter.encrypt(text), key, '/s.age')).toBe(text);
  });

  it('is refused for another passphrase', async () => {
    const other: StoreKey = { kind: 'passphrase', passphrase: `${key.passphrase}x` };
    expect(await whyRejected(decrypt(await encrypt(text, key), other, '/s.age'))).toBe(
      'MissingError: the store /s.age has another passphrase: type it again, or correct the file that `identity` in `store` names.',
    );
  });

  it('is refused for an identity, and says that a passphrase opens it', async () => {
    expect(await whyRejected(decrypt(await encrypt(text, key), await fresh(), '/s.age'))).toBe(
      'MissingError: the store /s.age is opened by a passphrase: `identity` in `store` has to be `{ from: passphrase }`.',
    );
  });

  it('does not spend the memory that a forged file asks for', async () => {
    const encrypter = new Encrypter();
    encrypter.setPassphrase(key.passphrase);
    encrypter.setScryptWorkFactor(1);
    const file = Buffer.from(await encrypter.encrypt(text)).toString('latin1');
    for (const factor of ['19', '30', '99', '0', '1e1', '-1']) {
      const forged = Buffer.from(file.replace(/(-> scrypt \S+) 1\n/, `$1 ${factor}\n`), 'latin1');
      expect(await whyRejected(decrypt(forged, key, '/s.age'))).toMatch(/is damaged/);
    }
  });

  it('leaves the process free for requests while it is derived', async () => {
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 2);
    await encrypt(text, key);
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(10);
  });
});
