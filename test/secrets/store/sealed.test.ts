import { chmodSync, copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Refusal } from '../../../src/core/refusal.js';
import { reveal } from '../../../src/secrets/seal.js';
import { changeContents } from '../../../src/secrets/store/change.js';
import { sealedStore, type SealedContents } from '../../../src/secrets/store/sealed.js';
import { contentsOf, someValue, storeFolder, surroundings, whyRejected, type StoreFolder } from './support.js';

let folder: StoreFolder;
let value: string;
let look: () => Promise<SealedContents>;
beforeEach(async () => {
  folder = storeFolder();
  value = someValue();
  await set(value);
  const sealed = sealedStore(folder.settings, surroundings);
  look = () => sealed(new AbortController().signal);
});
afterEach(() => folder.remove());
const set = (text: string) => changeContents(folder.settings, surroundings, () => contentsOf({ api: { value: text } }));
const valueIn = (contents: SealedContents): string => reveal(contents.get('api')!.get('value')!);

describe('a store that was read', () => {
  it.each<[string, RegExp, () => void]>([
    ['is gone', /does not exist\.$/, () => rmSync(folder.settings.file)],
    [
      'was tampered with',
      /is damaged, was tampered with/,
      () => {
        const bytes = readFileSync(folder.settings.file);
        bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
        writeFileSync(folder.settings.file, bytes);
      },
    ],
    [
      'can be written by others',
      /is open to others than its owner: chmod go-w/,
      () => chmodSync(folder.settings.file, 0o622),
    ],
    ['is too large', /is larger than 4194304 bytes/, () => writeFileSync(folder.settings.file, Buffer.alloc(4194305))],
  ])('is not used any more once it %s, and again once it is well', async (_what, why, spoil) => {
    await look();
    copyFileSync(folder.settings.file, join(folder.path, 'copy'));
    spoil();
    expect(await whyRejected(look())).toMatch(why);
    expect(await whyRejected(look())).not.toContain(value);
    chmodSync(join(folder.path, 'copy'), 0o600);
    renameSync(join(folder.path, 'copy'), folder.settings.file);
    expect(valueIn(await look())).toBe(value);
  });

  it('is not waited for any longer than the signal says', async () => {
    const sealed = sealedStore(folder.settings, surroundings);
    const controller = new AbortController();
    const asked = sealed(controller.signal);
    controller.abort(new Refusal('secret_unavailable'));
    await expect(asked).rejects.toMatchObject({ code: 'secret_unavailable' });
    expect(valueIn(await sealed(new AbortController().signal))).toBe(value);
  });

  it('is decrypted once for all that ask at once, and not again until it changes', async () => {
    const [one, other] = await Promise.all([look(), look()]);
    expect(one).toBe(other);
    // What would be needed to decrypt it is gone: it is not decrypted.
    if (folder.settings.identity.from === 'file') renameSync(folder.settings.identity.path, join(folder.path, 'away'));
    expect(await look()).toBe(one);
    writeFileSync(folder.settings.file, readFileSync(folder.settings.file));
    expect(await look()).toBe(one);
  });

  it('is read anew after each change, also within the same moment', async () => {
    const now = sealedStore(folder.settings, { ...surroundings, clock: { now: Date.now, elapsed: () => 0 } });
    for (let round = 0; round < 5; round += 1) {
      const next = someValue();
      await set(next);
      expect(valueIn(await now(new AbortController().signal))).toBe(next);
      expect(valueIn(await look())).toBe(next);
    }
  });
});
