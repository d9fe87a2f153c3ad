import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../../../src/core/refusal.js';
import { readServiceAccountKey } from '../../../src/secrets/google/service-account-key.js';
import { seal } from '../../../src/secrets/seal.js';
import { Unavailability } from '../../../src/secrets/unavailable.js';
import { FakeGoogle } from '../fakes/google.js';

const fake = new FakeGoogle();
const google = 'https://oauth2.googleapis.com/token';
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });

function refusedWith(text: string, tokenUrl = google): string {
  try {
    readServiceAccountKey('storage', seal('key', text), tokenUrl);
  } catch (error) {
    const cause = error instanceof Refusal ? error.cause : undefined;
    expect(inspect(error, { depth: 9 })).not.toMatch(/BEGIN|evil|s3cr3t/);
    if (cause instanceof Unavailability && cause.kind === 'login') return cause.message;
  }
  throw new TypeError('it was not refused');
}

describe('a file that is no key of a service account', () => {
  it.each([
    ['no JSON', 's3cr3t'],
    ['a list', '["s3cr3t"]'],
    ['of a user', fake.keyFile({ type: 'authorized_user' })],
    ['of a workload', fake.keyFile({ type: 'external_account' })],
  ])('is %s', (_, text) => {
    expect(refusedWith(text)).toBe(
      'the secret storage is not available: the secret key is not the JSON key of a service account',
    );
  });

  it.each([
    'https://evil.example/token',
    'https://oauth2.googleapis.com.evil.example/token',
    'https://oauth2.googleapis.com/token/../evil',
    'http://oauth2.googleapis.com/token',
    undefined,
    [google],
  ])('would have its assertions sent elsewhere: %j', (token_uri) => {
    const why = /has a token_uri that is neither Google nor the token_url of the configuration$/;
    expect(refusedWith(fake.keyFile({ token_uri }))).toMatch(why);
    expect(refusedWith(fake.keyFile({ token_uri }), 'https://google.internal/token')).toMatch(why);
  });

  it('is of another cloud', () => {
    expect(refusedWith(fake.keyFile({ universe_domain: 'evil.example' }))).toMatch(
      /is of another universe_domain than googleapis.com$/,
    );
  });

  it.each([
    ['client_email', undefined],
    ['client_email', 'a b'],
    ['private_key_id', ''],
    ['private_key_id', 7],
    ['private_key', 's3cr3t'],
    ['private_key', '-----BEGIN ENCRYPTED PRIVATE KEY-----\ns3cr3t'],
  ])('has no %s that can be used: %j', (member, value) => {
    expect(refusedWith(fake.keyFile({ [member]: value }))).toMatch(new RegExp(`has no ${member} that can be used$`));
  });

  it('has a key that is broken, or not RSA', () => {
    const broken = '-----BEGIN PRIVATE KEY-----\ns3cr3t\n-----END PRIVATE KEY-----\n';
    expect(refusedWith(fake.keyFile({ private_key: broken }))).toMatch(/has a private_key that cannot be read$/);
    expect(refusedWith(fake.keyFile({ private_key: elliptic }))).toMatch(/has a private_key that is not RSA$/);
  });
});

describe('the key of a service account', () => {
  it.each([
    ["Google's", google, google],
    ["Google's, sent by a way of one's own", google, 'https://google.internal/token'],
    ['that of the configuration', 'https://google.internal/token', 'https://google.internal/token'],
  ])('has a token_uri that is %s', (_, token_uri, tokenUrl) => {
    const { email, keyId } = readServiceAccountKey('storage', seal('key', fake.keyFile({ token_uri })), tokenUrl);
    expect([email, keyId]).toEqual([fake.email, fake.keyId]);
  });
});
