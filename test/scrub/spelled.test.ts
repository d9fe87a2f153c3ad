import { describe, expect, it } from '@jest/globals';
import { beginningOf } from '../../src/scrub/spelled.js';

describe('where a spelled text begins', () => {
  it.each([
    ['plain', 'abc', '..abc', 2],
    ['all escaped', 'abc', '..%61\\u0062&#99;', 2],
    ['an escape for several bytes', 'é!', '..\\u00e9!', 2],
    ['a surrogate pair', '😀', '.\\ud83d\\ude00', 1],
    ['the earliest of two', '5x', '%35x', 0],
    ['a percent sign of its own', '%41', 'a%41', 1],
    ['nothing', '', 'abc', 3],
  ])('%s', (_, text, bytes, expected) => {
    expect(beginningOf(Buffer.from(text), Buffer.from(bytes), bytes.length)).toBe(expected);
  });

  it('looks at nothing after the end it is given', () => {
    expect(beginningOf(Buffer.from('abc'), Buffer.from('abcabc'), 3)).toBe(0);
  });
});
