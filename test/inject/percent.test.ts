import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { escapedParts, percentDecoded } from '../../src/inject/percent.js';
import { percentEncoded } from './spellings.js';

const decoded = (text: string): string => percentDecoded(Buffer.from(text, 'latin1')).toString('latin1');
const parts = (text: string, around: number): string[] =>
  Array.from(escapedParts(Buffer.from(text, 'latin1'), around), (part) => part.toString('latin1'));

describe('percent-decoding', () => {
  it.each([
    ['', ''],
    ['plain', 'plain'],
    ['%61%62', 'ab'],
    ['%4a%4A', 'JJ'],
    ['%00%ff', '\x00\xff'],
    ['%2541', '%41'],
    ['100%', '100%'],
    ['%4', '%4'],
    ['%%41', '%A'],
    ['%g1%1g', '%g1%1g'],
    ['%/0%:0%@0%`0', '%/0%:0%@0%`0'],
    ['a+b', 'a+b'],
  ])('makes of %j %j', (text, expected) => {
    expect(decoded(text)).toBe(expected);
  });

  it('gives back every text that was encoded in any part', () => {
    const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array).toString('latin1'));
    const text = bytes.map((binary) => binary.replaceAll('%', 'x'));
    fc.assert(
      fc.property(text, fc.array(fc.nat({ max: 2 }), { minLength: 1 }), (original, choices) => {
        expect(decoded(percentEncoded(original, choices))).toBe(original);
      }),
    );
  });
});

describe('the parts of a text with escapes', () => {
  it.each([
    ['none', 'no % escape %zz here', 3, []],
    ['one, with what stands around it', 'abcdef%41ghijkl', 3, ['def%41ghi']],
    ['one at the edges', '%41', 3, ['%41']],
    ['near ones together', 'a%41bc%42d', 3, ['a%41bc%42d']],
    ['distant ones apart', '%41abcdefgh%42', 3, ['%41abc', 'fgh%42']],
    ['a percent sign in between', '%41a%b%42', 9, ['%41a%b%42']],
  ])('are %s', (_, text, around, expected) => {
    expect(parts(text, around)).toEqual(expected);
  });

  it('hold every escape with enough around it', () => {
    const pieces = fc.array(fc.constantFrom('%41', '%', 'a', 'bcdefghij', '%4'), { maxLength: 40 });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 0, max: 12 }), (made, around) => {
        const text = made.join('');
        const found = parts(text, around);
        for (const { index } of text.matchAll(/%[0-9A-Fa-f]{2}/g)) {
          const needed = text.slice(Math.max(0, index - around), index + 3 + around);
          expect(found.some((part) => part.includes(needed))).toBe(true);
        }
      }),
    );
  });
});
