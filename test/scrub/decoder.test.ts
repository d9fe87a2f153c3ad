import { describe, expect, it } from '@jest/globals';
import { Decoder } from '../../src/scrub/decoder.js';
import { encoders } from './coded.js';

const refusal = 'a content coding that cannot be scrubbed';
const text = Buffer.from('some text, some text, some more text. '.repeat(5000));

describe.each(encoders)('a decoder of $name', ({ coding, encode }) => {
  const coded = encode(text);

  it('fails as what takes its pieces fails', async () => {
    const decoder = new Decoder(coding, () => {
      throw new RangeError('enough');
    });
    await expect(decoder.feed(coded)).rejects.toThrow(new RangeError('enough'));
    decoder.close();
  });

  it('fails where it is closed while it decodes, and may be closed at any time', async () => {
    const decoder = new Decoder(coding, () => undefined);
    const feeding = decoder.feed(coded);
    decoder.close();
    decoder.close();
    await expect(feeding).rejects.toThrow(refusal);
    await expect(decoder.feed(coded)).rejects.toThrow(refusal);
    new Decoder(coding, () => undefined).close();
  });

  it('refuses a body that is cut short when it ends', async () => {
    const decoder = new Decoder(coding, () => undefined);
    await decoder.feed(coded.subarray(0, -1));
    await expect(decoder.finish()).rejects.toThrow(refusal);
  });

  it('has given all of a body when the last of it was fed, in pieces of 64 KiB at most', async () => {
    const pieces: Buffer[] = [];
    const decoder = new Decoder(coding, (piece) => pieces.push(piece));
    for (const byte of coded.subarray(0, 50)) await decoder.feed(Buffer.of(byte));
    await decoder.feed(Buffer.alloc(0));
    await decoder.feed(coded.subarray(50));
    expect(Buffer.concat(pieces).equals(text)).toBe(true);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(65_536);
    await decoder.finish();
    decoder.close();
  });
});
