import { describe, expect, it } from '@jest/globals';
import { formatContents, parseContents } from '../../../src/secrets/store/contents.js';
import { MissingError } from '../../../src/core/usage-error.js';
import { contentsOf, someValue } from './support.js';

const value = someValue();
const secretOf = (entry: unknown): string => JSON.stringify({ version: 1, secrets: { github: entry } });

describe('the plaintext of a store', () => {
  it.each([
    ['no JSON', `{"version":1,${value}`],
    ['no object', JSON.stringify([value])],
    ['no version', JSON.stringify({ secrets: {} })],
    ['no secrets', JSON.stringify({ version: 1, secrets: value })],
    ['no fields', secretOf({ changed: '2026-01-31T12:00:00Z' })],
    ['an empty set of fields', secretOf({ fields: {}, changed: '2026-01-31T12:00:00Z' })],
    ['a field that is no text', secretOf({ fields: { value, n: 1 }, changed: '2026-01-31T12:00:00Z' })],
    ['a field of no name', secretOf({ fields: { [`${value} `]: value }, changed: '2026-01-31T12:00:00Z' })],
    ['no time', secretOf({ fields: { value }, changed: value })],
    [
      'a secret of no name',
      JSON.stringify({ version: 1, secrets: { '../x': { fields: { value }, changed: '2026' } } }),
    ],
  ])('is refused with %s, and not repeated', (_what, text) => {
    const read = () => parseContents(text, '/s.age');
    expect(read).toThrow(MissingError);
    expect(read).toThrow('the store /s.age was decrypted, but is not one that `keywright secret` wrote.');
  });

  it('is refused as that where a newer program wrote it', () => {
    expect(() => parseContents(JSON.stringify({ version: 2, vaults: value }), '/s.age')).toThrow(
      'the store /s.age was written by a newer Keywright.',
    );
  });

  it('is the same after it was written and read', () => {
    const contents = contentsOf({ github: { value }, db: { user: 'admin', password: value, __proto: 'x' } });
    expect(new Map(parseContents(formatContents(contents), '/s.age'))).toEqual(new Map(contents));
  });

  it('takes __proto__ for a field like any other', () => {
    const contents = new Map([['a', { fields: new Map([['__proto__', value]]), changed: '2026-01-31T12:00:00.000Z' }]]);
    const read = parseContents(formatContents(contents), '/s.age');
    expect([...(read.get('a')?.fields ?? [])]).toEqual([['__proto__', value]]);
  });

  it('is written in the order of names, as the age CLI shows it', () => {
    expect(formatContents(contentsOf({ b: { value: 'x' }, a: { value: 'y' } }))).toBe(
      '{"version":1,"secrets":{"a":{"fields":{"value":"y"},"changed":"2026-01-31T12:00:00.000Z"},"b":{"fields":{"value":"x"},"changed":"2026-01-31T12:00:00.000Z"}}}',
    );
  });
});
