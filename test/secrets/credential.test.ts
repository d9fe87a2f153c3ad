import { createHmac, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { toCredential } from '../../src/secrets/credential.js';
import { reveal, seal } from '../../src/secrets/seal.js';
import { whyUnavailable } from './context.js';

const key = randomBytes(32);
const value = `s3cr3t-${randomBytes(18).toString('base64url')}`;
const credentialOf = (fields: Record<string, string>, name = 'jira', plain: readonly string[] = []) => {
  const sealed = Object.fromEntries(Object.entries(fields).map(([field, text]) => [field, seal(name, text)]));
  return toCredential(name, 'file', { fields: sealed, version: '7' }, key, plain);
};
const why = (make: () => unknown): Promise<string> => whyUnavailable(Promise.resolve().then(make));

describe('a credential that is refused', () => {
  it.each([
    ['an empty value', { value: '' }, 'it is empty'],
    ['a value of 7 bytes', { value: 'passwor' }, 'it is shorter than 8 bytes, too short to be found in answers'],
    ['no field', {}, 'it has no fields'],
    [
      'fields that are all too short',
      { a: 'short', b: '' },
      'it is shorter than 8 bytes, too short to be found in answers',
    ],
  ])('%s', async (_, fields, reason) => {
    expect(await why(() => credentialOf(fields as Record<string, string>))).toBe(
      `the secret jira is not available: ${reason}`,
    );
  });

  it('counts bytes, not characters', () => {
    expect(credentialOf({ value: 'ääää' }).sealed).toHaveLength(1);
  });

  it('has no field that is not there, even under a name that every object has', async () => {
    const credential = credentialOf({ token: value });
    for (const name of ['value', 'constructor', '__proto__']) {
      const reason = await why(() => credential.field(name));
      expect(reason).toBe(`the secret jira is not available: its field ${name} is not there`);
    }
  });

  it('hands out no field that is too short to be scrubbed, and does not call it sealed', async () => {
    const credential = credentialOf({ token: value, user: 'bob', region: '' });
    expect(await why(() => credential.field('user'))).toMatch(
      /its field user is shorter than 8 bytes.*: where it is no secret, `plain_fields: \[user\]` says so$/,
    );
    expect(await why(() => credential.field('region'))).toMatch(/its field region is empty$/);
    expect(credential.sealed.map(reveal)).toEqual([value]);
  });
});

describe('fields that are not secret', () => {
  it('do not make a secret of what has no other: neither alone nor beside what is too short', async () => {
    expect(await why(() => credentialOf({ user: 'somebody-long' }, 'jira', ['user']))).toBe(
      'the secret jira is not available: it has no fields but those of plain_fields',
    );
    expect(await why(() => credentialOf({ user: 'bob', token: 'short' }, 'jira', ['user']))).toMatch(
      /: it is shorter than 8 bytes/,
    );
  });

  it('are not handed out where they are empty, and make no other field usable', async () => {
    const credential = credentialOf({ token: value, user: '', other: 'short' }, 'jira', ['user']);
    expect(await why(() => credential.field('user'))).toMatch(/its field user is empty$/);
    expect(await why(() => credential.field('other'))).toMatch(/its field other is shorter than 8 bytes/);
  });

  it('may be short, and are not looked for by themselves, but stay sealed', () => {
    const credential = credentialOf({ user: 'bob', email: 'someone@example.com', token: value }, 'jira', [
      'user',
      'email',
    ]);
    expect(reveal(credential.field('user'))).toBe('bob');
    expect(credential.sealed.map(reveal)).toEqual([value]);
    expect(credential.names).toEqual(['user', 'email', 'token']);
    expect(inspect(credential, { depth: 9, showHidden: true })).not.toContain('someone@example');
    expect(credential.fingerprint).toBe(credentialOf({ value }).fingerprint);
  });
});

describe('a secret that is too much to look for in every answer is refused', () => {
  it.each([
    [
      'of many fields',
      Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`f${at}`, `${value}${at}`])),
      /more than 64 fields/,
    ],
    ['of a long one', { value: 'x'.repeat(64 * 1024 + 1) }, /larger than 65536 bytes/],
  ])('%s', async (_, fields, message) => {
    expect(await why(() => credentialOf(fields))).toMatch(message);
  });
});

describe('a credential', () => {
  it('has every field that can be used, sealed', () => {
    const credential = credentialOf({ token: value, email: 'someone@example.com' });
    expect(reveal(credential.field('token'))).toBe(value);
    expect(reveal(credential.field('email'))).toBe('someone@example.com');
    expect(credential).toMatchObject({ name: 'jira', backend: 'file', version: '7' });
    expect(inspect(credential, { depth: 9, showHidden: true })).not.toContain(value);
    expect(JSON.stringify(credential)).not.toContain(value);
  });

  it('has a keyed digest of its value as fingerprint', () => {
    const expected = createHmac('sha256', key).update(value).digest('hex').slice(0, 16);
    expect(credentialOf({ value }).fingerprint).toBe(expected);
    expect(credentialOf({ value }, 'other').fingerprint).toBe(expected);
    expect(credentialOf({ value: `${value}x` }).fingerprint).not.toBe(expected);
  });
});
