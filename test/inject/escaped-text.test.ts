import { describe, expect, it } from '@jest/globals';
import { escapesRead } from '../../src/inject/escaped-text.js';

const read = (text: string): string | undefined => escapesRead(Buffer.from(text, 'latin1'))?.toString('latin1');

describe('a text with escapes', () => {
  it.each([
    ['\\u0030\\u00641', '0d1'],
    ['\\\\u0030', '\\0'],
    ['&#48;&#x64;&#0000000100;&#X3A;', '0dd:'],
    ['&#999; &#x80; \\u00e9 \\u0000 &#48', '&#999; &#x80; \\u00e9 \\u0000 &#48'],
    ['\xff&#48;', '\xff0'],
  ])('%j is read as %j', (text, reads) => {
    expect(read(text)).toBe(reads);
  });

  it('is read in time that grows with its length', () => {
    expect(read(`&#${'0'.repeat(1_000_000)}`)).toHaveLength(1_000_002);
  });

  it.each(['', 'abc', '\\n & \\u1'])('is not made of %j', (text) => {
    expect(read(text)).toBeUndefined();
  });
});
