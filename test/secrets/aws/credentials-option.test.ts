import { describe, expect, it } from '@jest/globals';
import { mistakesOfBackend } from '../mistakes.js';
import { credentialsOption } from '../../../src/secrets/aws/credentials-option.js';

describe('what Keywright shows AWS', () => {
  const choices = 'environment, profile, web_identity, secret';
  it.each<[unknown, string[]]>([
    [
      'environment',
      [
        `found a text (not shown: it could be a secret); allowed is a set of keys, of which "from" is one of ${choices}`,
      ],
    ],
    [{}, [`"from" is missing; allowed is one of ${choices}`]],
    [{ from: 'imds' }, [`found "imds"; allowed is one of ${choices}`]],
    [
      { from: 'profile', profil: 'a', secret: 'b' },
      [
        'found the unknown key "profil"; the nearest known one is "profile"; known are from, profile',
        'found the unknown key "secret"; known are from, profile',
      ],
    ],
    [{ from: 'profile', profile: 'a]' }, ['found "a]"; allowed is the name of a profile']],
    [
      { from: 'web_identity', role_arn: 'role' },
      ['found "role"; allowed is the ARN of a role, arn:aws:iam::123456789012:role/NAME'],
    ],
    [
      { from: 'secret', access_key_id: 'a' },
      ['"secret_access_key" is missing; allowed is the name of a secret under "secrets", `name` or `name.field`'],
    ],
    [{ from: 'environment', access_key_id: 'AKIA' }, ['found the unknown key "access_key_id"; known are from']],
  ])('is not %j', (credentials, messages) => {
    expect(mistakesOfBackend({ type: 'aws', region: 'eu-central-1', credentials })).toEqual(messages);
  });

  it('is a profile by default the default one, or names of other secrets', () => {
    expect(credentialsOption.parse({ from: 'profile' })).toEqual({ from: 'profile', profile: 'default' });
    const parsed = credentialsOption.parse({ from: 'secret', access_key_id: 'a.id', secret_access_key: 'a.key' });
    expect(JSON.stringify(parsed)).toContain('"field":"key"');
  });
});
