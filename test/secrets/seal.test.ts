import { randomBytes } from 'node:crypto';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { describe, expect, it } from '@jest/globals';
import { Sealed } from '../../src/core/sealed.js';
import { reveal, seal } from '../../src/secrets/seal.js';

const value = `s3cr3t-${randomBytes(18).toString('base64url')}`;
const sealed = seal('github', value);

describe('a sealed secret', () => {
  it.each([
    ['String', () => String(sealed)],
    ['concatenation', () => 'a' + String(sealed)],
    ['a primitive', () => [sealed].join(' ')],
    ['toLocaleString', () => sealed.toLocaleString()],
    ['JSON', () => JSON.stringify({ sealed, list: [sealed] })],
    ['inspect with everything shown', () => inspect(sealed, { showHidden: true, depth: Infinity, getters: true })],
    ['inspect without custom inspection', () => inspect(sealed, { customInspect: false, showHidden: true })],
    ['console formats', () => format('%s %o %O %j', sealed, sealed, sealed, sealed)],
    ['spread', () => JSON.stringify(spread(sealed))],
    [
      'own properties, symbols and prototype',
      () => inspect([Object.entries(sealed), Reflect.ownKeys(sealed), Object.getPrototypeOf(sealed)]),
    ],
    ['structuredClone', () => inspect(structuredClone(sealed), { showHidden: true })],
    ['serialization', () => serialize(sealed).toString('latin1')],
    ['an error and its cause', () => inspect(new Error(String(sealed), { cause: sealed }))],
    ['an error with it as a property', () => inspect(Object.assign(new Error('failed'), { sealed }))],
    ['a failed assertion', () => messageOf(() => expect(sealed).toEqual('other'))],
    ['a type error', () => messageOf(() => (sealed as unknown as () => void)())],
  ])('shows no value through %s', (_, show) => {
    const shown = show();
    expect(shown).not.toContain(value);
    expect(shown).not.toContain(value.slice(7, 19));
    expect(shown.length).toBeGreaterThan(0);
  });

  it('is opened by reveal alone', () => {
    expect(reveal(sealed)).toBe(value);
  });

  it('is not opened by its name: a handle made elsewhere, a copy and a clone are empty', () => {
    const copies = [new Sealed('github'), spread(sealed), structuredClone(sealed), Object.create(sealed)] as Sealed[];
    for (const copy of copies) expect(() => reveal(copy)).toThrow(TypeError);
  });

  it('may be sealed twice: each handle opens its own value', () => {
    const other = seal('github', 'another-value');
    expect([reveal(sealed), reveal(other)]).toEqual([value, 'another-value']);
  });
});

function spread(object: object): object {
  return { ...object };
}

function messageOf(fail: () => void): string {
  try {
    fail();
    return '';
  } catch (error) {
    return inspect(error);
  }
}
