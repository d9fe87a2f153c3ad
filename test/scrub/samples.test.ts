import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Samples } from '../../src/scrub/samples.js';

const viewOf = (bytes: Buffer) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

describe('samples', () => {
  it.each([8, 9, 16, 35, 36, 60])('a string of %d bytes covers one that is taken, wherever it stands', (length) => {
    const string = randomBytes(length);
    const samples = new Samples([string]);
    for (let before = 0; before < 100; before += 1) {
      const bytes = Buffer.concat([Buffer.alloc(before), string, Buffer.alloc(20)]);
      let sample = samples.next(viewOf(bytes), 0);
      while (sample >= 0 && sample < before) sample = samples.next(viewOf(bytes), sample + samples.stride);
      expect(sample).toBeLessThan(before + samples.stride);
      expect(sample).toBeGreaterThanOrEqual(before);
    }
  });

  it('takes hardly any others', () => {
    const samples = new Samples(Array.from({ length: 20 }, () => randomBytes(40)));
    const view = viewOf(randomBytes(320_000));
    let taken = 0;
    for (let at = samples.next(view, 0); at >= 0; at = samples.next(view, at + samples.stride)) taken += 1;
    expect(taken).toBeLessThan(300);
  });

  it('has none in fewer than four bytes, and its last one within the bytes', () => {
    const samples = new Samples([Buffer.from('12345678')]);
    expect(samples.stride).toBe(5);
    expect(samples.next(viewOf(Buffer.from('123')), 0)).toBe(-1);
    expect([3, 4, 8, 9].map((length) => samples.last(length))).toEqual([-1, 0, 0, 5]);
  });
});
