import { describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import * as zlib from 'node:zlib';
import { CodedBody } from '../../src/scrub/coded-body.js';
import { compileNeedles } from '../../src/scrub/forms.js';
import { encoders, sendThrough } from './coded.js';
import { cutAt } from './writing.js';

const secret = `ghp_${randomBytes(18).toString('hex')}`;
const stars = '*'.repeat(secret.length);
const needles = compileNeedles([secret], [`Bearer ${secret}`]);
const noise = (bytes: number): string => randomBytes(bytes * 0.75).toString('base64');
const inPieces = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

describe.each(encoders)('a body in $name', ({ coding, encode }) => {
  const body = (type = 'application/json'): CodedBody => new CodedBody(coding, needles, type);
  const coded = encode(Buffer.from('x'.repeat(10_000)));

  it.each([
    ['cut short by a byte', () => [coded.subarray(0, -1)]],
    ['cut short after a byte', () => [coded.subarray(0, 1)]],
    ['followed by something', () => [Buffer.concat([coded, Buffer.from('more')])]],
    ['followed by zeros', () => [Buffer.concat([coded, Buffer.alloc(8)])]],
    ['followed by something in a chunk of its own', () => [coded, Buffer.from('more')]],
    ['that is no such thing', () => [Buffer.from(`{"a":"${secret}"}`)]],
    ['cut short, long', () => inPieces(encode(Buffer.from(noise(300_000))).subarray(0, -1), 16_384)],
  ])('%s is refused, or cut, and never ends as if it were whole', async (_, chunks) => {
    for (const release of [Infinity, 0, 1]) {
      const { failed, bytes } = await sendThrough(body(), chunks(), release);
      expect(failed).toBe('response_coding');
      expect(bytes.toString('latin1')).not.toContain(secret);
    }
  });

  it('that holds a secret is sent masked and uncoded while the head is here', async () => {
    const text = `{"auth":"Bearer ${secret}","again":"${secret}"}`;
    for (const size of [1, 7, 10_000]) {
      const subject = body();
      const { head, bytes } = await sendThrough(subject, inPieces(encode(Buffer.from(text)), size));
      expect([head, bytes.toString()]).toEqual(['uncoded', text.replaceAll(secret, stars)]);
      expect(subject.masked).toBe(2);
    }
  });

  it('that holds a secret beyond what the head waits for is cut before it', async () => {
    const before = noise(200_000);
    for (const after of ['', noise(50_000)]) {
      const subject = body();
      const sent = encode(Buffer.from(before + secret + after));
      const { head, bytes, failed } = await sendThrough(subject, inPieces(sent, 8192));
      expect([head, failed, subject.masked]).toEqual(['as-is', 'answer_cut', 1]);
      expect(sent.subarray(0, bytes.length).equals(bytes)).toBe(true);
      // A decoder of zstd gives nothing before a block of up to 128 KiB is whole: the secret may come with the first of them.
      if (coding !== 'zstd') expect(bytes.length).toBeGreaterThan(60_000);
      expect(bytes.length).toBeLessThan(sent.length);
    }
  });

  it('whose head was released before the secret came is cut, and nothing of the secret has gone', async () => {
    const text = `data: ${noise(300)}\n\n${secret}\n\n`;
    for (const size of [1, 5, 100, 10_000]) {
      for (const release of size < 100 ? [0, 3] : [0]) {
        const sent = inPieces(encode(Buffer.from(text)), size);
        const { head, bytes, failed } = await sendThrough(body('text/event-stream'), sent, release);
        expect([head, failed]).toEqual(['as-is', 'answer_cut']);
        expect(decodable(bytes, coding)).not.toContain(secret.slice(0, 6));
      }
    }
  });

  it('that held a secret when its head was released goes on masked and uncoded', async () => {
    const text = `${noise(300)} ${secret} ${noise(300)} ${secret.slice(0, 30)}`;
    const sent = inPieces(encode(Buffer.from(text)), 10);
    for (const release of [sent.length - 10, sent.length - 3, sent.length]) {
      const { head, bytes, failed } = await sendThrough(body(), sent, release);
      // What zstd gives nothing of yet is not known to be clean.
      if (coding === 'zstd' && release < sent.length) expect([head, failed]).toEqual(['as-is', 'answer_cut']);
      else expect([head, bytes.toString()]).toEqual(['uncoded', text.replace(secret, stars)]);
    }
  });

  it('that is clean goes on as it came, whatever it is cut into and whenever the head is released', async () => {
    for (const length of [0, 1, 5000, 200_000]) {
      const sent = encode(Buffer.from(`${noise(length)}${secret.slice(0, 20)}${noise(length)}`));
      for (const chunks of [[sent], inPieces(sent, 4096), cutAt(sent, [1, 2, 3, 100, 5000, 70_000, 70_001])]) {
        for (const release of [Infinity, 0, 1, 4]) {
          const subject = body();
          const { head, bytes } = await sendThrough(subject, chunks, release);
          expect([head, bytes.equals(sent), subject.masked]).toEqual(['as-is', true, 0]);
        }
      }
    }
  });

  it('without a byte is one', async () => {
    expect(await sendThrough(body(), [])).toEqual({ head: 'as-is', bytes: Buffer.alloc(0) });
    expect(await sendThrough(body(), [Buffer.alloc(0)], 0)).toEqual({ head: 'as-is', bytes: Buffer.alloc(0) });
  });

  it('counts short secrets by the type of what is decoded', async () => {
    const short = compileNeedles(['hunter2hunter2'], []);
    const sent = encode(Buffer.from('pass: hunter2hunter2'));
    const text = await sendThrough(new CodedBody(coding, short, 'text/plain'), [sent]);
    expect([text.head, text.bytes.toString()]).toEqual(['uncoded', `pass: ${'*'.repeat(14)}`]);
    const image = await sendThrough(new CodedBody(coding, short, 'image/png'), [sent]);
    expect([image.head, image.bytes.equals(sent)]).toEqual(['as-is', true]);
  });

  it('that expands a thousandfold is searched in flat memory, and goes on as it came', async () => {
    const sent = encode(Buffer.alloc(48 * 1024 * 1024, 'abcdefg. '));
    const subject = body();
    const { head, bytes } = await sendThrough(subject, inPieces(sent, 16_384));
    expect([head, bytes.equals(sent)]).toEqual(['as-is', true]);
  });
});

/** What a reader can make of the beginning of a coded body. */
function decodable(bytes: Buffer, coding: string): string {
  if (bytes.length === 0) return '';
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
  const raw = coding === 'deflate' && (bytes[0]! & 15) !== 8;
  if (coding === 'gzip') return zlib.gunzipSync(bytes, { finishFlush: Z_SYNC_FLUSH }).toString('latin1');
  if (raw) return zlib.inflateRawSync(bytes, { finishFlush: Z_SYNC_FLUSH }).toString('latin1');
  if (coding === 'deflate') return zlib.inflateSync(bytes, { finishFlush: Z_SYNC_FLUSH }).toString('latin1');
  if (coding === 'br')
    return zlib.brotliDecompressSync(bytes, { finishFlush: BROTLI_OPERATION_FLUSH }).toString('latin1');
  return bytes.toString('latin1');
}

describe('a body in gzip', () => {
  it('of several members is one body, and a secret across two of them is found', async () => {
    const members = [`a ${secret.slice(0, 9)}`, `${secret.slice(9)} b`].map((text) => zlib.gzipSync(text));
    for (const release of [Infinity, 1]) {
      const { head, bytes, failed } = await sendThrough(new CodedBody('gzip', needles, 'text/plain'), members, release);
      if (release === 1) expect([head, bytes.length, failed]).toEqual(['as-is', 0, 'answer_cut']);
      else expect([head, bytes.toString()]).toEqual(['uncoded', `a ${stars} b`]);
    }
  });

  it('with a secret in a comment of its header is not passed on as it came', async () => {
    const plain = zlib.gzipSync('nothing here');
    const commented = Buffer.concat([
      plain.subarray(0, 3),
      Buffer.of(0x10),
      plain.subarray(4, 10),
      Buffer.from(`${secret}\0`),
      plain.subarray(10),
    ]);
    const { head, bytes } = await sendThrough(new CodedBody('gzip', needles, 'text/plain'), [commented]);
    expect([head, bytes.toString()]).toEqual(['uncoded', 'nothing here']);
    const long = await sendThrough(new CodedBody('gzip', needles, 'text/plain'), inPieces(commented, 3), 1);
    expect([long.head, long.failed]).toEqual(['as-is', 'answer_cut']);
    expect(long.bytes.toString('latin1')).not.toContain(secret.slice(0, 9));
  });

  it('whose form is never ended is not held without bound', async () => {
    const begun = zlib.deflateRawSync(secret.slice(0, 20), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
    const empty = Buffer.alloc(65_535, Buffer.of(0, 0, 0, 255, 255));
    const body = new CodedBody('deflate', needles, 'text/plain');
    const { failed, bytes } = await sendThrough(body, [begun, ...Array.from({ length: 30 }, () => empty)], 0);
    expect([failed, bytes.length]).toEqual(['response_coding', 0]);
  });

  it('that would be masked but expands too far at once is refused', async () => {
    const sent = zlib.gzipSync(Buffer.concat([Buffer.from(secret), Buffer.alloc(30 * 1024 * 1024)]));
    expect(await sendThrough(new CodedBody('gzip', needles, 'text/plain'), [sent])).toMatchObject({
      head: 'hold',
      failed: 'response_coding',
    });
  });
});

describe('a bomb', () => {
  it('in a coding that expands without end is refused where deflate could not have come', async () => {
    const sent = zlib.brotliCompressSync(Buffer.alloc(100 * 1024 * 1024), {
      params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 },
    });
    expect(sent.length).toBeLessThan(90_000);
    expect((await sendThrough(new CodedBody('br', needles, 'text/plain'), [sent])).failed).toBe('response_coding');
  });
});

describe('a large clean body', () => {
  it.each(encoders)('comes through $name identical', async ({ coding, encode }) => {
    const sent = encode(randomBytes(4 * 1024 * 1024));
    const { head, bytes } = await sendThrough(
      new CodedBody(coding, needles, 'application/zip'),
      inPieces(sent, 65_536),
    );
    expect(head).toBe('as-is');
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(createHash('sha256').update(sent).digest('hex'));
  });
});
