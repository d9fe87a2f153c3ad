import { describe, expect, it } from '@jest/globals';
import { SecretReference } from '../../../src/secrets/index.js';
import { mistakesOfBackend } from '../mistakes.js';
import { authOption } from '../../../src/secrets/vault/auth-options.js';

describe('how to log in', () => {
  it.each([
    {},
    { method: 'userpass' },
    { method: 'token' },
    { method: 'token', token_file: 'a', token: 'b' },
    { method: 'token', token_file: 'a', tokn: 'b' },
    { method: 'approle' },
    { method: 'approle', role_id: 'a b' },
    { method: 'approle', role_id: 'r', secret_id: 'a', secret_id_file: 'b' },
    { method: 'approle', role_id: 'r', wrapped_secret_id_file: 'b' },
    { method: 'approle', role_id: 'r', mount: '../sys' },
    { method: 'kubernetes' },
    { method: 'jwt', role: 'r' },
    { method: 'jwt', jwt: 'a', jwt_file: 'b' },
    { method: 'cert', mount: 'cert/' },
  ])('is refused: %j', (auth) => {
    expect(authOption.safeParse(auth).success).toBe(false);
  });

  it.each([
    [
      { method: 'token', token: 'bootstrap.token' },
      { method: 'token', token: new SecretReference('bootstrap', 'token') },
    ],
    [
      { method: 'approle', role_id: 'r' },
      { method: 'approle', mount: 'approle', role_id: 'r' },
    ],
    [
      { method: 'kubernetes', role: 'r' },
      {
        method: 'kubernetes',
        mount: 'kubernetes',
        role: 'r',
        jwt_file: '/var/run/secrets/kubernetes.io/serviceaccount/token',
      },
    ],
    [
      { method: 'jwt', jwt_file: 'f', mount: 'team/jwt' },
      { method: 'jwt', jwt_file: 'f', mount: 'team/jwt' },
    ],
    [{ method: 'cert' }, { method: 'cert', mount: 'cert' }],
  ])('is taken: %j', (auth, expected) => {
    expect(authOption.parse(auth)).toEqual(expected);
  });

  it('is refused with what is allowed', () => {
    const told = (auth: object) => mistakesOfBackend({ type: 'vault', address: 'https://a.example', auth });
    expect(told({ method: 'approle', role_id: 'r', mont: 'x', rol: 'y' })).toEqual([
      expect.stringMatching(/^found the unknown key "mont"; the nearest known one is "mount"; known are method, mount/),
      expect.stringMatching(
        /^found the unknown key "rol"; the nearest known one is "role_id"; known are method, mount/,
      ),
    ]);
    expect(told({ method: 'app' })).toEqual([
      'found "app"; the nearest known one is "approle"; allowed is one of token, approle, kubernetes, jwt, cert',
    ]);
    expect(told({ method: 'cert' })).toEqual([
      '"client_cert_file" is missing, which method: cert logs in with; allowed is it and client_key_file',
    ]);
  });
});
