import { describe, expect, it } from '@jest/globals';
import * as zlib from 'node:zlib';
import { codingNamed, codings, decodingOf, type Coding } from '../../src/scrub/codings.js';

describe('the codings that can be read back', () => {
  it.each(['identity', 'compress', 'x', '', 'GZIP', 'dcb', 'dcz', '__proto__'])('are not %j', (name) => {
    expect(codingNamed(name)).toBeUndefined();
    expect(() => decodingOf(name as Coding, 0)).toThrow(TypeError);
  });

  it('are gzip by both its names, deflate, br, and zstd where Node has it', () => {
    expect(codingNamed('x-gzip')).toBe('gzip');
    const expected = ['gzip', 'deflate', 'br', ...('createZstdDecompress' in zlib ? ['zstd'] : [])];
    expect([...codings]).toEqual(expected);
    expect(expected.map(codingNamed)).toEqual(expected);
  });

  it('tell zlib from raw deflate by the first byte', () => {
    const [wrapped, raw] = [zlib.deflateSync('text'), zlib.deflateRawSync('text')];
    for (const bytes of [wrapped, raw]) {
      expect(decodingOf('deflate', bytes[0]!).whole(bytes, {}).toString()).toBe('text');
    }
  });
});
