import { describe, expect, it } from '@jest/globals';
import { bindSecrets } from '../../src/adopt/binding.js';
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
          places: [{ place: 'basic' }, { place: 'ws', pointer: '/d/token' }, { place: 'form', field: 'x' }],
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
            { place: 'ws', pointer: '/d/token', template: '{acme}', mode: 'substitute' },
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
