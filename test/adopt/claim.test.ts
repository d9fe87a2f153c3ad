import { describe, expect, it } from '@jest/globals';
import { argumentName, findClaims } from '../../src/adopt/claim.js';
import { authorization, service } from '../../src/catalogue/service.js';

const acme = service({
  name: 'acme',
  hosts: ['api.acme.example'],
  places: [authorization],
  variables: [
    { name: 'ACME_TOKEN', shapes: ['acme_<40 alnum>', 'acme_x_<40 alnum>'] },
    { name: 'TOKEN', shapes: ['acme_<40 alnum>'], generic: true },
    { name: 'ACME_DATABASE', shapes: ['<40 alnum>'], places: [{ place: 'other' }] },
    { name: 'ACME_SELF_HOSTED', shapes: ['<40 alnum>'], hosts: [], hostsFrom: [{ variable: 'ACME_URL' }] },
  ],
  packages: ['acme-mcp'],
  minting: { none: 'made up' },
});
const find = (environment: Record<string, string>, args: string[] = []) =>
  findClaims({ command: 'npx', args, environment }, [acme]);

describe('a claim that cannot be kept', () => {
  it.each([
    ['ACME_DATABASE', 'keywright cannot yet place a credential in a protocol other than HTTP (acme)'],
    ['ACME_SELF_HOSTED', 'it is a credential of acme, but ACME_URL is not set, so nothing says which host it is for'],
  ])('says why: %s', (name, why) => {
    expect(find({ [name]: 'secret value' })).toEqual([{ service: 'acme', where: name, why }]);
  });
});

describe('a claim', () => {
  it('holds the secret, the shape that begins like it, its hosts and places', () => {
    expect(find({ ACME_TOKEN: 'acme_x_123' })).toEqual([
      expect.objectContaining({
        service: 'acme',
        where: 'ACME_TOKEN',
        text: 'acme_x_123',
        shape: 'acme_x_<40 alnum>',
        hosts: ['api.acme.example'],
        places: [authorization],
      }),
    ]);
    expect(find({ ACME_TOKEN: 'other' })).toEqual([expect.objectContaining({ shape: 'acme_<40 alnum>' })]);
  });

  it('is made for a generic name only with the package or the shape', () => {
    expect(find({ TOKEN: 'value' })).toEqual([]);
    expect(find({ TOKEN: 'acme_1' })).toHaveLength(1);
    expect(find({ TOKEN: 'value' }, ['-y', 'acme-mcp@2'])).toHaveLength(1);
  });

  it('is not made for an empty variable', () => expect(find({ ACME_TOKEN: ' ' })).toEqual([]));

  it('is the first one for its place', () => {
    const other = service({ ...acme, name: 'other' });
    const claims = findClaims({ command: 'x', args: [], environment: { ACME_TOKEN: 'v' } }, [acme, other]);
    expect(claims.map((claim) => claim.service)).toEqual(['acme']);
  });
});

it('arguments are counted from 1', () => expect(argumentName(0)).toBe('argument 1'));
