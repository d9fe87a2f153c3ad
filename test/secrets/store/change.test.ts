import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { changeContents, readContents } from '../../../src/secrets/store/change.js';
import { MissingError } from '../../../src/core/usage-error.js';
import { contentsOf, someValue, storeFolder, surroundings, whyRejected, type StoreFolder } from './support.js';

let folder: StoreFolder;
let value: string;
beforeEach(() => {
  folder = storeFolder();
  value = someValue();
});
afterEach(() => folder.remove());
const set = (settings = folder.settings) =>
  changeContents(settings, surroundings, () => contentsOf({ api: { value } }));
const read = async () => (await readContents(folder.settings, surroundings))?.get('api')?.fields.get('value');

describe('a store that cannot be changed', () => {
  it('is a symbolic link: neither it nor what it leads to is touched', async () => {
    await set();
    const link = join(folder.path, 'link.age');
    symlinkSync(folder.settings.file, link);
    const before = readFileSync(folder.settings.file);
    expect(await whyRejected(set({ ...folder.settings, file: link }))).toMatch(
      /is a symbolic link, which is not written through/,
    );
    expect(readFileSync(folder.settings.file).equals(before)).toBe(true);
    expect((await readContents({ ...folder.settings, file: link }, surroundings))?.has('api')).toBe(true);
  });

  it('is one that others may write, or lies where everybody may', async () => {
    await set();
    chmodSync(folder.settings.file, 0o660);
    expect(await whyRejected(set())).toMatch(/the store .* is open to others than its owner: chmod go-w\.$/);
    chmodSync(folder.settings.file, 0o600);
    chmodSync(folder.path, 0o777);
    expect(await whyRejected(set())).toMatch(/every user can write to the folder/);
    chmodSync(folder.path, 0o700);
    expect((await set()).made).toBeUndefined();
  });

  it('is no regular file, or lies below one', async () => {
    mkdirSync(folder.settings.file);
    expect(await whyRejected(set())).toMatch(/is not a regular file/);
    writeFileSync(join(folder.path, 'file'), '');
    expect(await whyRejected(set({ ...folder.settings, file: join(folder.path, 'file', 'secrets.age') }))).toMatch(
      /^MissingError: the store .* cannot be written \(ENOTDIR\)\.$/,
    );
  });

  it('is of another identity: it stays as it was', async () => {
    await set();
    const before = readFileSync(folder.settings.file);
    const other = storeFolder();
    await set(other.settings);
    const mixed = { file: folder.settings.file, identity: other.settings.identity };
    expect(await whyRejected(set(mixed))).toMatch(/was encrypted for another identity/);
    expect(readFileSync(folder.settings.file).equals(before)).toBe(true);
    other.remove();
  });

  it('would grow too large', async () => {
    const large = Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`f${index}`, value.repeat(2000)]));
    const growing = changeContents(folder.settings, surroundings, () => contentsOf({ large }));
    expect(await whyRejected(growing)).toMatch(/would be larger than 4194304 bytes/);
    expect(existsSync(folder.settings.file)).toBe(false);
  });
});

describe('a change of a store', () => {
  it('that is refused makes nothing, not even an identity', async () => {
    const refused = changeContents(folder.settings, surroundings, () => {
      throw new MissingError('no.');
    });
    expect(await whyRejected(refused)).toBe('MissingError: no.');
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it.each([0o000, 0o077])(
    'leaves two files for their owner alone, and the value in neither, by umask %o',
    async (umask) => {
      const before = process.umask(umask);
      try {
        const settings = { ...folder.settings, file: join(folder.path, 'made', 'secrets.age') };
        const { made } = await set(settings);
        expect(made).toContain('secrets-identity.txt');
        expect(statSync(settings.file).mode & 0o777).toBe(0o600);
        expect(statSync(join(folder.path, 'made')).mode & 0o777).toBe(0o700);
        expect(readdirSync(join(folder.path, 'made'))).toEqual(['secrets.age']);
        expect(folder.everything()).not.toContain(value);
      } finally {
        process.umask(before);
      }
    },
  );

  it('clears away what a process that was killed has left', async () => {
    writeFileSync(`${folder.settings.file}.0123456789abcdef.new`, 'half of it');
    writeFileSync(`${folder.settings.file}.lock.0123456789abcdef.new`, 'half of it');
    await set();
    expect(readdirSync(folder.path).sort()).toEqual(['secrets-identity.txt', 'secrets.age']);
    expect(await read()).toBe(value);
  });

  it('asks for a passphrase once, before others have to wait', async () => {
    const settings = { ...folder.settings, identity: { from: 'passphrase', file: undefined } } as const;
    const asked: boolean[] = [];
    const person = {
      ...surroundings,
      askPassphrase: (isNew: boolean) => {
        asked.push(isNew);
        expect(readdirSync(folder.path)).not.toContain('secrets.age.lock');
        return Promise.resolve('correct horse battery');
      },
    };
    for (let round = 0; round < 2; round += 1) {
      await changeContents(settings, person, () => contentsOf({ api: { value } }));
    }
    expect(asked).toEqual([true, false]);
    expect(readdirSync(folder.path)).toEqual(['secrets.age']);
  });
});
