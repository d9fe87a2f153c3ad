import { describe, expect, it } from '@jest/globals';
import { escapesRead } from '../../src/inject/escaped-text.js';

const read = (text: string): string | undefined => escapesRead(Buffer.from(text, 'latin1'))?.toString('latin1');

describe('a text with escapes', () => {
  it.each([
    ['\\u0030\\u00641', '0d1'],
    ['\\\\u0030', '\\0'],
    ['&#48;&#x64;&#0000000100;&#X3D;', '0dd='],
    ['\\u003c\\u0030&#39;&#61;', '\\u003c0&#39;='],
    ['\xff&#48;', '\xff0'],
  ])('%j is read as %j', (text, reads) => {
    expect(read(text)).toBe(reads);
  });

  it('is read in all characters that a placeholder is spelled with, and in no other', () => {
    const all = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
    const hex = (one: string): string => one.charCodeAt(0).toString(16);
    for (const spell of [
      (one: string) => `\\u00${hex(one)}`,
      (one: string) => `&#x${hex(one)};`,
      (one: string) => `&#${one.charCodeAt(0)};`,
    ]) {
      expect(all.filter((one) => read(spell(one)) === one).join('')).toBe(
        all.filter((one) => /[\w%+/=-]/.test(one)).join(''),
      );
    }
  });

  it('is read in time that grows with its length', () => {
    expect(read(`&#${'0'.repeat(1_000_000)}&#48;`)).toHaveLength(1_000_003);
    expect(read('&#x0'.repeat(1_000_000))).toBeUndefined();
  });

  it.each(['', 'abc', '\\n & \\u1', '&#999; &#x80; \\u00e9 \\u0000 &#48', '\\u003c \\u0022 &#39; &#x27;'])(
    'is not made of %j',
    (text) => {
      expect(read(text)).toBeUndefined();
    },
  );
});
