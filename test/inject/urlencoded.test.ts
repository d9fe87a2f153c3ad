import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mapField, withField } from '../../src/inject/urlencoded.js';
import { leastCpu } from '../support/cpu-time.js';

const text = fc.string({ unit: 'grapheme', maxLength: 5 });

describe('a form', () => {
  it('has one field of a name, for any reader, and all others as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), text, (pairs, value) => {
        const before = new URLSearchParams(pairs);
        const form = withField(before.toString(), 'token', value) ?? '';
        const after = [...new URLSearchParams(form)];
        expect(after.filter(([name]) => name === 'token')).toEqual([['token', value]]);
        const others = [...before].filter(([name]) => !name.trim().toLowerCase().startsWith('token'));
        expect(after.filter(([name]) => !name.trim().toLowerCase().startsWith('token'))).toEqual(others);
      }),
    );
  });

  it('is read pair by pair, in time that grows with its length', () => {
    const long = 'a'.repeat(2_000_000);
    expect(mapField(`${long}&token=${long}`, 'token', () => 'x')).toBe(`${long}&token=x`);
    expect(withField(`${'&'.repeat(9000)}a`, 't', 'v')).toBe(`${'&'.repeat(9000)}a&t=v`);
    expect(withField('&'.repeat(4_000_000), 't', 'v')).toBeUndefined();
    expect(mapField('&'.repeat(4_000_000), 't', () => 'v')).toHaveLength(4_000_000);
  });

  it.each(['+', '%20', '%u0041', 'a ', '='])('has no name of mebibytes: %s', (piece) => {
    const form = `a=b&${piece.repeat((4 * 1024 * 1024) / piece.length)}`;
    const taken = leastCpu(() => {
      expect(withField(form, 'token', 'v')).toBeUndefined();
      expect(mapField(form, 'token', () => 'v')).toBe(form);
    });
    expect(taken).toBeLessThan(150_000);
  });

  it('has values rewritten of exactly one name', () => {
    expect(mapField('token&token=&token=a=b&Token=c&token=d;e', 'token', (value) => `[${value}]`)).toBe(
      'token[]&token=[]&token=[a=b]&Token=c&token=d;e',
    );
  });

  it.each([
    'token',
    'TOKEN',
    '%u0074oken',
    '=token',
    '?token',
    '%3Dtoken',
    '+=token',
    'token]',
    '[token]',
    '%74oken[x]',
    ' token',
    'token%00x',
    't%oken',
  ])('loses a pair that some server reads as its field: %s', (name) => {
    expect(withField(`a=1&${name}=own&b=2`, 'token', 'v')).toBe('a=1&b=2&token=v');
    expect(withField(`&${name}`, 'token', 'v')).toBe('token=v');
    expect(withField(`a=1;${name}=own`, 'token', 'v')).toBeUndefined();
  });
});
