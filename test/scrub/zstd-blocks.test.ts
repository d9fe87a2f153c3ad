import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { ZstdBlocks } from '../../src/scrub/zstd-blocks.js';

/** A frame by hand (RFC 8878 section 3.1.1): descriptor, what follows it, blocks of [last, type, bytes], checksum. */
function frame(descriptor: number, header: number, blocks: readonly (readonly [number, number, Buffer, number?])[]) {
  const parts: Buffer[] = [Buffer.from('28b52ffd', 'hex'), Buffer.of(descriptor), Buffer.alloc(header)];
  for (const [last, type, content, size = content.length] of blocks) {
    const word = last | (type << 1) | (size << 3);
    parts.push(Buffer.of(word & 255, (word >> 8) & 255, word >> 16), content);
  }
  if ((descriptor & 4) !== 0) parts.push(Buffer.alloc(4));
  return Buffer.concat(parts);
}

function wholeAfter(bytes: Buffer, size: number): number[] {
  const blocks = new ZstdBlocks();
  const whole = [];
  for (let at = 0; at < bytes.length; at += size) {
    blocks.push(bytes.subarray(at, at + size));
    whole.push(blocks.whole);
  }
  return whole;
}

const refusal = 'a content coding that cannot be scrubbed';

describe('zstd blocks', () => {
  it.each([
    ['no zstd', Buffer.from('1f8b0800', 'hex')],
    ['a skippable frame', Buffer.from('502a4d1801000000ff', 'hex')],
    ['a reserved block type', frame(0, 1, [[0, 3, Buffer.alloc(1)]])],
    ['a block larger than any', frame(0, 1, [[0, 2, Buffer.alloc(1), 128 * 1024 + 1]])],
    ['something after the last frame', Buffer.concat([frame(0, 1, [[1, 0, Buffer.alloc(1)]]), Buffer.from('more')])],
  ])('are refused: %s', (_, bytes) => {
    expect(() => wholeAfter(bytes, 1)).toThrow(refusal);
    expect(() => wholeAfter(bytes, 1000)).toThrow(refusal);
  });

  it.each([
    [0x00, 1],
    [0x20, 1],
    [0x64, 2],
    [0x87, 4 + 4 + 1],
    [0xe2, 8 + 2],
  ])('are whole only at their ends, with any header: descriptor %i', (descriptor, header) => {
    const first = Buffer.concat([frame(descriptor & ~4, header, [[0, 0, randomBytes(9)]])]);
    const bytes = frame(descriptor, header, [
      [0, 0, first.subarray(-9)],
      [0, 1, Buffer.alloc(1), 100_000],
      [1, 2, randomBytes(300)],
    ]);
    const ends = [first.length, first.length + 4, first.length + 4 + 303];
    const expected = Array.from({ length: bytes.length }, (_, i) => Math.max(0, ...ends.filter((end) => end <= i + 1)));
    if ((descriptor & 4) !== 0) expected[bytes.length - 1] = bytes.length;
    expect(wholeAfter(bytes, 1)).toEqual(expected);
    expect(wholeAfter(bytes, bytes.length)).toEqual([bytes.length]);
    expect(wholeAfter(Buffer.concat([bytes, bytes]), bytes.length)).toEqual([bytes.length, 2 * bytes.length]);
  });

  it('have ended where a frame has, and nowhere else', () => {
    const bytes = frame(4, 1, [[1, 0, randomBytes(3)]]);
    const blocks = new ZstdBlocks();
    const ended = [...bytes].map((byte) => {
      blocks.push(Buffer.of(byte));
      return blocks.ended;
    });
    expect(ended).toEqual([...bytes].map((_, i) => i === bytes.length - 1));
    blocks.push(bytes.subarray(0, 3));
    expect(blocks.ended).toBe(false);
  });

  it('of no bytes are whole where they end', () => {
    const bytes = frame(0, 1, [
      [0, 0, Buffer.alloc(0)],
      [1, 0, Buffer.alloc(0)],
    ]);
    expect(wholeAfter(bytes, 1).slice(-4)).toEqual([9, 9, 9, 12]);
  });
});
