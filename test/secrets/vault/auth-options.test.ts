import { describe, expect, it } from '@jest/globals';
import { SecretReference } from '../../../src/secrets/index.js';
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
    const told = (auth: object) => authOption.safeParse(auth).error?.issues.map(({ message }) => message);
    expect(told({ method: 'cert', mont: 'x', rol: 'y' })).toEqual([
      'found "mont"; allowed is one of method, mount, role\nfound "rol"; allowed is one of method, mount, role',
    ]);
    expect(told({ method: 'x' })).toEqual([
      'found no such login; allowed is "method" with one of token, approle, kubernetes, jwt, cert',
    ]);
  });
});
