import { describe, expect, it } from '@jest/globals';
import { credentials, headWith } from '../credentials.js';
import { authorization, keys, ours, placeholders, s3Scope, secrets, signer } from './signing.js';

describe('the keys', () => {
  it.each([
    ['Vault', { access_key: keys.id, secret_key: keys.secret, security_token: keys.token }],
    [
      'the environment',
      { AWS_ACCESS_KEY_ID: keys.id, AWS_SECRET_ACCESS_KEY: keys.secret, AWS_SESSION_TOKEN: keys.token },
    ],
    ['the JSON of AWS', { AccessKeyId: keys.id, SecretAccessKey: keys.secret, SessionToken: keys.token }],
  ])('are found under the names of %s', (_, fields) => {
    const draft = headWith(['authorization', authorization(`${ours}/${s3Scope}`)]);
    signer().inject(draft, 'desk', credentials({ aws: fields }));
    expect(draft.headers.first('authorization')).toContain(`Credential=${keys.id}/`);
    expect(draft.headers.first('x-amz-security-token')).toBe(keys.token);
  });

  it('may be of several secrets, of which the one with the ID has the placeholder', () => {
    const parts = { access_key_id: 'other', secret_access_key: 'aws.key', session_token: 'third' };
    const injection = signer(parts);
    expect(injection.secrets).toEqual(['other', 'aws', 'third']);
    const draft = headWith(['authorization', authorization(`${placeholders.of('desk', 'other')!}/${s3Scope}`)]);
    expect(injection.wants(draft, 'desk')).toBe(true);
    injection.inject(
      draft,
      'desk',
      credentials({ other: { value: keys.id }, aws: { key: keys.secret }, third: { value: keys.token } }),
    );
    expect(draft.headers.first('x-amz-security-token')).toBe(keys.token);
  });

  it('have to have the session token that the configuration names', () => {
    const injection = signer({
      access_key_id: 'aws.access_key_id',
      secret_access_key: 'aws.secret_access_key',
      session_token: 'aws.no',
    });
    const draft = headWith(['authorization', authorization(`${ours}/${s3Scope}`)]);
    expect(() => injection.inject(draft, 'desk', secrets)).toThrow(
      expect.objectContaining({ code: 'secret_unavailable' }),
    );
  });
});
