import { describe, expect, it } from '@jest/globals';
import { blocks4, blocks6, embeddings, mapped, metadata } from '../../src/net/special-addresses.js';

describe('the tables of special addresses', () => {
  it.each<[string, typeof blocks4, number]>([
    ['IPv4', blocks4, 4],
    ['IPv6', blocks6, 16],
  ])('for %s end with a block that takes everything, and hold no bits outside a prefix', (_, blocks, length) => {
    expect(blocks.at(-1)![1]).toBe(0);
    for (const [prefix, bits] of blocks) {
      expect(prefix).toHaveLength(length);
      const tail = BigInt(`0x${prefix.toString('hex')}`) & ((1n << BigInt(length * 8 - bits)) - 1n);
      expect(tail).toBe(0n);
    }
  });

  it('put a narrower block before the wider one that holds it', () => {
    for (const blocks of [blocks4, blocks6]) {
      for (const [index, [prefix, bits]] of blocks.entries()) {
        const number = (buffer: Buffer): bigint => BigInt(`0x${buffer.toString('hex')}`);
        const width = BigInt(prefix.length * 8 - bits);
        const swallowed = blocks
          .slice(index + 1)
          .filter((later) => later[1] >= bits && number(later[0]) >> width === number(prefix) >> width);
        expect(swallowed).toEqual([]);
      }
    }
  });

  it('embed four whole bytes behind the prefix', () => {
    for (const { block, bits, at } of embeddings) {
      expect(block).toHaveLength(16);
      expect(at * 8).toBeGreaterThanOrEqual(bits);
      expect(at + 4).toBeLessThanOrEqual(16);
    }
    expect(mapped.toString('hex')).toBe('00000000000000000000ffff00000000');
  });

  it('know metadata addresses of both families', () => {
    expect(metadata.has('a9fea9fe')).toBe(true);
    expect(metadata.has('fd000ec2000000000000000000000254')).toBe(true);
  });
});
