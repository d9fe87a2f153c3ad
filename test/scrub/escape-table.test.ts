import { describe, expect, it } from '@jest/globals';
import { EscapeTable } from '../../src/scrub/escape-table.js';
import { readEscape, unfinished } from '../../src/scrub/escapes.js';

const table = new EscapeTable([Buffer.from('abc/"2'), Buffer.from('xyzxyzxyz')]);

describe('the table of escapes that matter', () => {
  it.each([
    ['%61', true],
    ['%2F', true],
    ['%22', true],
    ['%5a', false],
    ['%a1', false],
    ['%', true],
    ['\\u', true],
    ['\\/', true],
    ['\\"', true],
    ['\\n', false],
    ['\\\\', false],
    ['&#', true],
    ['&q', true],
    ['&s', true],
    ['& ', false],
    ['&b', false],
    ['ab', false],
  ])('%s may begin one: %s', (text, expected) => {
    expect(table.mayBegin(Buffer.from(text), 0)).toBe(expected);
  });

  it.each([
    ['%61b', true],
    ['%61c', false],
    ['%61%', true],
    ['%61', true],
    ['%32?', true],
    ['%2f"', true],
    ['%2fx', false],
  ])('a form can go over the one in %s: %s', (text, expected) => {
    const bytes = Buffer.from(text);
    expect(table.mayMatch(bytes, 0, readEscape(bytes, 0)!)).toBe(expected);
  });

  it('one that is cut may be any', () => {
    expect(table.mayMatch(Buffer.from('%6'), 0, unfinished)).toBe(true);
  });

  it('knows the shortest form and what spellings are made of', () => {
    expect(table.shortest).toBe(6);
    const alphabet = Array.from('/"%;#09AZaz&\\').map((character) => table.alphabet[character.charCodeAt(0)]);
    expect(alphabet).toEqual(alphabet.map(() => 1));
    expect(Array.from(' -\n:é').map((character) => table.alphabet[character.charCodeAt(0)])).toEqual([0, 0, 0, 0, 0]);
  });
});
