import { describe, expect, it } from '@jest/globals';
import { bindSecrets, signsOnly } from '../../src/adopt/binding.js';
import type { Claim } from '../../src/adopt/claim.js';

const claim = (parts: Partial<Claim> & { secret?: string }): Claim => ({
  service: 'acme',
  where: 'ACME_TOKEN',
  text: 'v',
  found: { secret: parts.secret ?? 'secret-one', replaceBy: (placeholder) => placeholder },
  shape: '<40 alnum>',
  hosts: ['api.acme.example'],
  places: [{ place: 'header', name: 'authorization' }],
  ...parts,
});

describe('bindings', () => {
  it('join what is the same secret, with the hosts and places of all', () => {
    const bound = bindSecrets(
      [
        claim({}),
        claim({
          where: 'OTHER',
          hosts: ['api.acme.example', 'b.example'],
          places: [
            { place: 'basic' },
            { place: 'query', name: 'key' },
            { place: 'path', template: '/bot{secret}' },
            { place: 'cookie', name: 'd' },
            { place: 'ws', pointer: '/d/token' },
            { place: 'form', field: 'x' },
            { place: 'json', pointer: '/y' },
            { place: 'other' },
          ],
        }),
      ],
      [],
    );
    expect(bound).toEqual([
      {
        value: 'secret-one',
        binding: {
          service: 'acme',
          services: ['acme'],
          secretName: 'acme',
          from: ['ACME_TOKEN', 'OTHER'],
          hosts: ['api.acme.example', 'b.example'],
          inject: [
            { place: 'header', name: 'authorization', template: '{acme}', mode: 'substitute' },
            { place: 'basic', username: '', password: '{acme}', mode: 'substitute' },
            { place: 'query', name: 'key', template: '{acme}', mode: 'substitute' },
            { place: 'path', template: '/bot{acme}', mode: 'substitute' },
            { place: 'cookie', name: 'd', template: '{acme}', mode: 'substitute' },
            { place: 'ws', pointer: '/d/token', template: '{acme}', mode: 'substitute' },
            { place: 'form', field: 'x', template: '{acme}', mode: 'substitute' },
            { place: 'json', pointer: '/y', template: '{acme}', mode: 'substitute' },
          ],
          shape: '<40 alnum>',
        },
      },
    ]);
  });

  it('have the names of their variables where a service has several secrets', () => {
    const claims = [
      claim({}),
      claim({ where: 'ACME_KEY', secret: 'two' }),
      claim({ where: 'argument 2', secret: 'three' }),
      claim({ service: 'b', secret: 'four' }),
    ];
    const names = bindSecrets(claims, []).map(({ binding }) => binding.secretName);
    expect(names).toEqual(['acme-token', 'acme-key', 'acme-argument-2', 'b']);
  });

  it('avoid names that are taken', () => {
    expect(bindSecrets([claim({})], ['acme', 'acme-2'])[0]?.binding.secretName).toBe('acme-3');
  });
});

describe('keys that sign', () => {
  const part = (name: 'access_key_id' | 'secret_access_key' | 'session_token', secret: string): Claim =>
    claim({ service: 'aws', where: `AWS_${name.toUpperCase()}`, secret, places: [{ place: 'sigv4', part: name }] });
  const injectOf = (claims: readonly Claim[]) => bindSecrets(claims, []).map(({ binding }) => binding.inject);

  it('are put on requests together, by the part that has the placeholder', () => {
    const keys = { access_key_id: 'aws-access-key-id', secret_access_key: 'aws-secret-access-key' };
    const two = [part('access_key_id', 'one'), part('secret_access_key', 'two')];
    expect(injectOf(two)).toEqual([[{ sign: 'sigv4', ...keys, mode: 'substitute' }], []]);
    expect(injectOf([...two, part('session_token', 'three')])[0]).toEqual([
      { sign: 'sigv4', ...keys, session_token: 'aws-session-token', mode: 'substitute' },
    ]);
  });

  it('sign nothing where a part is missing', () => {
    expect(injectOf([part('access_key_id', 'one'), part('session_token', 'three')])).toEqual([[], []]);
    expect(injectOf([part('secret_access_key', 'two')])).toEqual([[]]);
  });

  it('are told from what goes to a host as it is', () => {
    const [first] = bindSecrets([part('access_key_id', 'one'), part('secret_access_key', 'two')], []);
    expect(signsOnly(first!.binding)).toBe(true);
    expect(signsOnly(bindSecrets([claim({})], [])[0]!.binding)).toBe(false);
  });
});
