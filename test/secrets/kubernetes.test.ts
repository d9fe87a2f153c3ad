import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Refusal } from '../../src/core/refusal.js';
import { toCredential } from '../../src/secrets/credential.js';
import type { Fetched, Source } from '../../src/secrets/index.js';
import { kubernetesSource } from '../../src/secrets/kubernetes.js';
import { reveal } from '../../src/secrets/seal.js';
import { fetchContext, sourceContext, whyUnavailable } from './context.js';

const value = `s3cr3t-${randomBytes(18).toString('base64url')}`;
const options = z.object(kubernetesSource.options);
let folder: string;
let generation = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-kubernetes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As the kubelet does it: a new folder, a link to it that takes the place of the one before, then the links of the keys. */
function mount(keys: Record<string, string | Buffer>): string {
  const before = `..${String(generation)}`;
  const data = `..${String(++generation)}`;
  mkdirSync(join(folder, data));
  for (const [key, text] of Object.entries(keys)) writeFileSync(join(folder, data, key), text, { mode: 0o644 });
  symlinkSync(data, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  for (const key of Object.keys(keys)) {
    rmSync(join(folder, key), { force: true });
    symlinkSync(join('..data', key), join(folder, key));
  }
  rmSync(join(folder, before), { recursive: true, force: true });
  return data;
}
const source = (given: object = {}, now = () => Date.now() + 600_000): Source =>
  kubernetesSource.make(
    options.parse({ path: '.', ...given }),
    sourceContext({ folder, clock: { now, elapsed: () => 0 } }),
  );
const fetchFrom = (made: Source): Promise<Fetched> => made.fetch(fetchContext());
const why = (made: Source): Promise<string> => whyUnavailable(fetchFrom(made));
const read = async (made: Source): Promise<Record<string, string>> =>
  Object.fromEntries(Object.entries((await fetchFrom(made)).fields).map(([field, sealed]) => [field, reveal(sealed)]));

describe('a mounted secret that cannot be used', () => {
  it('is not there, is a file, or has no keys', async () => {
    expect(await why(source({ path: 'nowhere' }))).toBe(
      `the secret github is not available: the folder ${join(folder, 'nowhere')} does not exist`,
    );
    writeFileSync(join(folder, 'file'), value);
    expect(await why(source({ path: 'file' }))).toMatch(/the folder .*file does not exist$/);
    mkdirSync(join(folder, 'empty'));
    expect(await why(source({ path: 'empty' }))).toMatch(/empty has no keys$/);
    symlinkSync('gone', join(folder, 'empty', '..data'));
    expect(await why(source({ path: 'empty' }))).toMatch(/empty does not exist$/);
  });

  it('has no such key', async () => {
    mount({ token: value });
    expect(await why(source({ key: 'other' }))).toMatch(/the key other in .* does not exist$/);
  });

  it.each(['..data', '../token', 'a/b', '', '..'])('is asked for a key that is none: %j', (key) => {
    expect(options.safeParse({ path: '.', key }).success).toBe(false);
  });

  it('has two keys that would be the same field, or one that cannot be a field', async () => {
    mount({ 'tls.key': value, tls_key: value });
    expect(await why(source())).toMatch(/two keys would be the field tls_key: name one with `key`$/);
    expect(await read(source({ key: 'tls.key' }))).toEqual({ value });
    mount({ 'a b': value });
    expect(await why(source())).toMatch(/the key "a b" cannot be a field$/);
  });

  it('has a key that is no text, a folder, or can be written by others', async () => {
    mount({ store: Buffer.from([0xff, 0xfe]), token: value });
    expect(await why(source({ key: 'store' }))).toMatch(/the key store in .* is not UTF-8 text$/);
    expect(await read(source({ key: 'token' }))).toEqual({ value });
    const plain = join(folder, 'plain');
    mkdirSync(join(plain, 'below'), { recursive: true });
    expect(await why(source({ path: 'plain' }))).toMatch(/below is not a regular file$/);
    rmSync(join(plain, 'below'), { recursive: true });
    writeFileSync(join(plain, 'token'), value);
    chmodSync(join(plain, 'token'), 0o666);
    expect(await why(source({ path: 'plain' }))).toMatch(/can be written by others than its owner/);
  });

  it('of whose keys some are no text is refused to who asks for one of them, and the scrubber looks for the others', async () => {
    mount({ 'keystore.p12': Buffer.from([0x30, 0x82, 0xff, 0xfe]), big: 'x'.repeat(65_537), password: value });
    const fetched = await fetchFrom(source());
    expect(fetched.unusable).toEqual({ keystore_p12: 'is not UTF-8 text', big: 'is larger than 65536 bytes' });
    const credential = toCredential('github', 'kubernetes', fetched, Buffer.alloc(32));
    expect(credential.sealed.map(reveal)).toEqual([value]);
    expect(credential.names).toEqual(['password']);
    expect(await whyUnavailable(Promise.resolve().then(() => credential.field('keystore_p12')))).toBe(
      'the secret github is not available: its field keystore_p12 is not UTF-8 text',
    );
    mount({ 'keystore.p12': Buffer.from([0xff]), keystore_p12: value });
    expect(await why(source())).toMatch(/two keys would be the field keystore_p12/);
    mount({ 'keystore.p12': Buffer.from([0xff]) });
    const alone = await fetchFrom(source());
    expect(() => toCredential('github', 'kubernetes', alone, Buffer.alloc(32))).toThrow(Refusal);
  });

  it('is too large: one key, all together, or in number', async () => {
    mount({ one: 'x'.repeat(65_537) });
    expect(await why(source({ key: 'one' }))).toMatch(/one in .* is larger than 65536 bytes$/);
    const keys = (count: number, text: string): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${String(index)}`, text]));
    mount(keys(17, 'x'.repeat(65_536)));
    expect(await why(source())).toMatch(/are larger than 1048576 bytes together$/);
    mount(keys(129, value));
    expect(await why(source())).toMatch(/has more than 128 keys$/);
    mount(keys(16, 'x'.repeat(65_536)));
    expect(Object.keys(await read(source()))).toHaveLength(16);
  });
});

describe('a mounted secret', () => {
  it('has each key as a field, less one newline, and none of the entries of the kubelet', async () => {
    mount({ username: 'someone\n', 'tls.crt': 'certificate\n\n', token: value });
    expect(await read(source())).toEqual({ username: 'someone', tls_crt: 'certificate\n', token: value });
    expect(await read(source({ key: 'tls.crt' }))).toEqual({ value: 'certificate\n' });
  });

  it('may be a plain folder', async () => {
    mkdirSync(join(folder, 'plain'));
    writeFileSync(join(folder, 'plain', '.hidden'), 'hidden-value', { mode: 0o600 });
    writeFileSync(join(folder, 'plain', 'token'), value, { mode: 0o600 });
    expect(await read(source({ path: 'plain' }))).toEqual({ token: value });
  });

  it('is not read again while it stays', async () => {
    mount({ token: value });
    const made = source();
    expect(await fetchFrom(made)).toBe(await fetchFrom(made));
  });

  it('is read again while it is so young that its times may not show a change', async () => {
    mount({ token: value });
    const made = source({}, () => Date.now());
    const first = await fetchFrom(made);
    const second = await fetchFrom(made);
    expect(second).not.toBe(first);
    expect(second.version).toBe(first.version);
  });

  it('is read again when the kubelet turns it to another folder, though keys come and go', async () => {
    mount({ token: 'first-value', old: 'old-value' });
    const made = source();
    const { version } = await fetchFrom(made);
    mount({ token: 'second-value', new: 'new-value' });
    expect(await read(made)).toEqual({ token: 'second-value', new: 'new-value' });
    expect((await fetchFrom(made)).version).not.toBe(version);
  });

  it('is never half of one and half of another, however often it is turned', async () => {
    mount({ user: 'user-0', password: 'password-0' });
    const made = source();
    for (let turn = 1; turn <= 200; turn += 1) {
      const reading = read(made);
      for (let wait = 0; wait < turn % 25; wait += 1) await new Promise((resolve) => setImmediate(resolve));
      mount({ user: `user-${String(turn)}`, password: `password-${String(turn)}` });
      const { user = '', password = '' } = await reading;
      expect(user.split('-')[1]).toBe(password.split('-')[1]);
    }
  });

  it('is gone when it is taken away', async () => {
    mount({ token: value });
    const made = source();
    await fetchFrom(made);
    unlinkSync(join(folder, '..data'));
    rmSync(join(folder, 'token'));
    expect(await why(made)).toMatch(/has no keys$/);
  });
});
