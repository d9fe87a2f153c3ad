import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { isChecksum, lengthInChunks, plainBody, unsignedChunks } from '../../../src/inject/sigv4/unsigned-body.js';
import { signedChunks } from './signing.js';

const trailer = 'x-amz-checksum-crc32';
const through = (body: Buffer, transform = unsignedChunks(0, trailer)) => buffer(Readable.from([body]).pipe(transform));

describe('chunks without signatures', () => {
  it.each([0, 1, 15, 16, 65_535, 65_536, 65_537, 131_072, 300_000])(
    'are as long as was said before, for %d bytes in whatever chunks',
    async (length) => {
      for (const size of [8192, 65_536, 500_000]) {
        const body = signedChunks(Buffer.alloc(length, 'x'), { size, trailer: [trailer, 'AAAAAA=='] });
        const written = await through(body, unsignedChunks(length, trailer));
        expect(written.length).toBe(lengthInChunks(length, trailer));
      }
    },
  );

  it('end with the checksum', async () => {
    const written = await through(
      signedChunks(Buffer.alloc(3, 'x'), { trailer: [trailer, 'AAAAAA=='] }),
      unsignedChunks(3, trailer),
    );
    expect(written.toString()).toBe(`3\r\nxxx\r\n0\r\n${trailer}:AAAAAA==\r\n\r\n`);
  });

  it('are cut where the checksum has another length than was counted on', async () => {
    const body = signedChunks(Buffer.alloc(0), { trailer: [trailer, 'AAAA'] });
    await expect(through(body)).rejects.toMatchObject({ code: 'bad_request' });
  });
});

describe('a body taken out of its chunks', () => {
  it('is cut before a byte more than its length goes on', async () => {
    const transform = plainBody(3);
    const got: Buffer[] = [];
    transform.on('data', (piece: Buffer) => got.push(piece));
    const failed = once(transform, 'error');
    transform.end(signedChunks(Buffer.alloc(6, 'x'), { size: 3 }));
    expect(await failed).toEqual([expect.objectContaining({ code: 'bad_request' })]);
    expect(Buffer.concat(got).toString()).toBe('xxx');
  });
});

describe('checksums', () => {
  it('are those of S3', () => {
    expect(isChecksum('x-amz-checksum-sha256')).toBe(true);
    for (const name of ['', 'x-amz-meta-a', 'constructor', 'content-md5']) expect(isChecksum(name)).toBe(false);
  });
});
