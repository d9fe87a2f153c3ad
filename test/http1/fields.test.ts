import { describe, expect, it } from '@jest/globals';
import { parseFields } from '../../src/http1/fields.js';
import { Malformed } from '../../src/http1/malformed.js';

describe('a field section', () => {
  it.each([
    ['a line without a colon', 'X'],
    ['an empty name', ': a'],
    ['a space before the colon', 'X : a'],
    ['a folded line', 'X: a\r\n b'],
    ['a line folded with a tab', 'X: a\r\n\tb'],
    ['an empty line', 'X: a\r\n\r\nY: b'],
    ['a bare CR', 'X: a\rY: b'],
    ['a bare LF', 'X: a\nY: b'],
    ['a bare LF in a name', 'X\nY: b'],
    ['NUL', 'X: a\0'],
    ['DEL', 'X: a\x7f'],
    ['a vertical tab', 'X:\x0ba'],
    ['a high byte in a name', 'X\x80: a'],
    ['a separator in a name', 'X(Y): a'],
  ])('with %s is refused', (_, text) => {
    expect(() => parseFields(text, 0)).toThrow(Malformed);
  });

  it('keeps names, order, duplicates and high bytes, and takes spaces and tabs off its values', () => {
    expect(parseFields('start\r\nX-A: \t a b\t \r\nx-a:\r\nY:\xff', 7)).toEqual(['X-A', 'a b', 'x-a', '', 'Y', '\xff']);
  });

  it('may be empty', () => {
    expect(parseFields('start', 7)).toEqual([]);
  });
});
