import { describe, expect, it } from '@jest/globals';
import { KeptBytes } from '../../src/http1/kept-bytes.js';

describe('kept bytes', () => {
  it('are those that came, in order, until they are taken', () => {
    const kept = new KeptBytes();
    let expected = '';
    for (let i = 0; i < 1000; i += 1) {
      kept.add(Buffer.from(`${i} `));
      expected += `${i} `;
    }
    expect([kept.length, kept.view.toString()]).toEqual([expected.length, expected]);
    expect(kept.take().toString()).toBe(expected);
    expect([kept.length, kept.view.length]).toEqual([0, 0]);
  });

  it('are not those of the next message once they were taken', () => {
    const kept = new KeptBytes();
    kept.add(Buffer.from('one'));
    const one = kept.take();
    kept.add(Buffer.from('two'));
    expect([one.toString(), kept.take().toString()]).toEqual(['one', 'two']);
  });

  it('keep nothing else alive', () => {
    const kept = new KeptBytes();
    const read = Buffer.allocUnsafeSlow(64 * 1024);
    kept.add(read.subarray(0, 1));
    expect(kept.view.buffer).not.toBe(read.buffer);
  });
});
