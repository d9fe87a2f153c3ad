import { describe, expect, it } from '@jest/globals';
import { credentialsOption } from '../../../src/secrets/aws/credentials-option.js';

describe('what Keywright shows AWS', () => {
  it.each([
    ['environment', '"from" is one of environment, profile, web_identity, secret'],
    [{}, '"from" is one of environment, profile, web_identity, secret'],
    [{ from: 'imds' }, '"from" is one of environment, profile, web_identity, secret'],
    [
      { from: 'profile', profil: 'a', secret: 'b' },
      'found an unknown key; known are from, profile\nfound an unknown key',
    ],
    [{ from: 'profile', profile: 'a]' }, ''],
    [{ from: 'web_identity', role_arn: 'role' }, ''],
    [{ from: 'secret', access_key_id: 'a' }, ''],
    [{ from: 'environment', access_key_id: 'AKIA' }, 'known are from'],
  ])('is not %j', (value, message) => {
    const { success, error } = credentialsOption.safeParse(value);
    expect(success).toBe(false);
    expect(error?.issues[0]?.message).toContain(message);
  });

  it('is a profile by default the default one, or names of other secrets', () => {
    expect(credentialsOption.parse({ from: 'profile' })).toEqual({ from: 'profile', profile: 'default' });
    const parsed = credentialsOption.parse({ from: 'secret', access_key_id: 'a.id', secret_access_key: 'a.key' });
    expect(JSON.stringify(parsed)).toContain('"field":"key"');
  });
});
