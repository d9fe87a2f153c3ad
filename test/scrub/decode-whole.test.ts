import { describe, expect, it } from '@jest/globals';
import { decodeSoFar, decodeWhole } from '../../src/scrub/decode-whole.js';
import { encoders } from './coded.js';

const refusal = 'a content coding that cannot be scrubbed';
const text = Buffer.from('some text, some text, some more text. '.repeat(100));

describe.each(encoders)('a small body in $name, decoded at once', ({ coding, encode }) => {
  const coded = encode(text);

  it('is refused cut short, and with anything behind it', () => {
    expect(() => decodeWhole(coding, coded.subarray(0, -1))).toThrow(refusal);
    expect(() => decodeWhole(coding, Buffer.concat([coded, Buffer.of(0)]))).toThrow(refusal);
    expect(() => decodeWhole(coding, Buffer.from('nothing of the kind'))).toThrow(refusal);
  });

  it('is not decoded beyond a mebibyte', () => {
    const large = encode(Buffer.alloc(1024 * 1024 + 1));
    expect(decodeWhole(coding, large)).toBeUndefined();
    expect(decodeSoFar(coding, large)).toBeUndefined();
    expect(decodeWhole(coding, encode(Buffer.alloc(1024 * 1024)))?.length).toBe(1024 * 1024);
  });

  it('is what it was', () => {
    expect(decodeWhole(coding, coded)?.equals(text)).toBe(true);
    expect(decodeWhole(coding, Buffer.alloc(0))?.length).toBe(0);
  });

  it('so far is what can be read of it, or nothing where it is no such thing', () => {
    expect(decodeSoFar(coding, Buffer.from('nothing of the kind'))).toBeUndefined();
    for (const length of [0, 1, 30, coded.length - 1, coded.length]) {
      const { coded: read, decoded } = decodeSoFar(coding, coded.subarray(0, length))!;
      expect(text.subarray(0, decoded.length).equals(decoded)).toBe(true);
      expect(coded.subarray(0, read.length).equals(read)).toBe(true);
      if (length === coded.length) expect([read.length, decoded.length]).toEqual([coded.length, text.length]);
    }
  });
});
