import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../../src/core/header-list.js';
import { headWith } from '../credentials.js';
import {
  type Sent,
  authorization,
  content,
  crc32Of,
  hashOf,
  host,
  keys,
  now,
  ours,
  pass,
  presigned,
  region,
  secrets,
  signedByCaller,
  signedChunks,
  signer,
  unsignable,
} from './signing.js';
import { verify } from './verifier.js';

describe('a body that has to be in memory', () => {
  it.each<[string, Sent, boolean]>([
    ['of a service that is not S3', { service: 'sts', method: 'POST', body: 'x' }, true],
    ['the same with its hash', { service: 'sts', body: 'x', headers: { 'x-amz-content-sha256': hashOf('x') } }, false],
    ['of S3', { method: 'PUT', body: 'x' }, false],
    ['of a request with keys of its own', { service: 'sts', body: 'x', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }, false],
  ])('is one %s', async (_, sent, held) => {
    expect(signer().holds!(await signedByCaller(sent), 'desk')).toBe(held);
  });

  it('is one of a presigned request that does not state its hash', () => {
    const path = presigned({ 'X-Amz-Credential': `${ours}/20261128/${region}/sqs/aws4_request` });
    expect(signer().holds!(headWith([], path), 'desk')).toBe(true);
    expect(signer().holds!(headWith([], `${path}&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD`), 'desk')).toBe(false);
  });

  it('is none of a request that will be refused', () => {
    const head = headWith(['authorization', authorization(`${ours}/x`)]);
    expect(signer().holds!(head, 'desk')).toBe(false);
  });
});

describe('a body in chunks that are signed', () => {
  const plain = { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' };
  const withTrailer = {
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    'x-amz-trailer': 'x-amz-checksum-crc32',
  };
  const send = (headers: Record<string, string>, body: Buffer, length = content.length) =>
    signedByCaller({
      method: 'PUT',
      path: '/key',
      body,
      headers: { 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': String(length), ...headers },
    });
  const trailer = ['x-amz-checksum-crc32', crc32Of(content)] as const;

  it.each([1, 1000, 100_000])('goes out of its chunks, in pieces of %d bytes', async (pieces) => {
    const small = content.subarray(0, pieces === 1 ? 20_000 : undefined);
    const { arrived } = await pass(await send(plain, signedChunks(small), small.length), signer(), { pieces });
    const headers = new HeaderList(arrived.rawHeaders);
    expect(headers.first('x-amz-content-sha256')).toBe('UNSIGNED-PAYLOAD');
    expect(headers.all('content-length')).toEqual([String(small.length)]);
    expect(headers.has('content-encoding')).toBe(false);
    expect(headers.has('x-amz-decoded-content-length')).toBe(false);
    expect(verify(arrived, keys, now).content.equals(small)).toBe(true);
  });

  it('keeps another coding of its content', async () => {
    const { arrived } = await pass(
      await send({ ...plain, 'content-encoding': 'aws-chunked,gzip' }, signedChunks(content)),
    );
    expect(new HeaderList(arrived.rawHeaders).all('content-encoding')).toEqual(['gzip']);
  });

  it.each([
    ['CRLF', '\r\n'],
    ['LF and CRLF, as the example of AWS has it', '\n\r\n'],
  ])('keeps its checksum, in chunks without signatures; the line of it ends with %s', async (_, lineEnd) => {
    for (const length of [content.length, 65_536, 1, 0]) {
      const part = content.subarray(0, length);
      const body = signedChunks(part, { trailer: [trailer[0], crc32Of(part)], lineEnd });
      const { arrived } = await pass(await send(withTrailer, body, length), signer(), { pieces: 5000 });
      expect(verify(arrived, keys, now).content.equals(part)).toBe(true);
      expect(new HeaderList(arrived.rawHeaders).all('content-length')).toEqual([String(arrived.body.length)]);
    }
  });

  it('has no length where it had none', async () => {
    const draft = await send(withTrailer, signedChunks(content, { trailer }));
    draft.headers.remove('content-length');
    const { arrived } = await pass(draft);
    expect(new HeaderList(arrived.rawHeaders).has('content-length')).toBe(false);
    verify(arrived, keys, now);
  });

  it('passes untouched where its chunks are not signed', async () => {
    const hex = content.length.toString(16);
    const body = Buffer.concat([
      Buffer.from(`${hex}\r\n`),
      content,
      Buffer.from(`\r\n0\r\n${trailer.join(':')}\r\n\r\n`),
    ]);
    const headers = { ...withTrailer, 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };
    const { arrived } = await pass(await send(headers, body));
    expect(arrived.body.equals(body)).toBe(true);
    verify(arrived, keys, now);
  });

  it.each<[string, Record<string, string>]>([
    ['no length', { 'x-amz-decoded-content-length': '' }],
    ['a length that is none', { 'x-amz-decoded-content-length': '1e3' }],
    ['a length beyond what can be counted', { 'x-amz-decoded-content-length': '9999999999999999' }],
  ])('is refused with %s', async (_, headers) => {
    await expect(pass(await send({ ...plain, ...headers }, signedChunks(content)))).rejects.toEqual(unsignable);
  });

  it('is refused with two lengths', async () => {
    const draft = await send(plain, signedChunks(content));
    draft.headers.add('x-amz-decoded-content-length', '1');
    await expect(pass(draft)).rejects.toEqual(unsignable);
  });

  it.each([['x-amz-checksum-crc32, x-amz-checksum-sha1'], ['x-evil'], ['__proto__'], ['']])(
    'is refused with the trailer %j',
    async (name) => {
      await expect(pass(await send({ ...withTrailer, 'x-amz-trailer': name }, signedChunks(content)))).rejects.toEqual(
        unsignable,
      );
    },
  );

  it('is refused where another place has read it', async () => {
    const draft = await send(plain, signedChunks(content));
    signer().inject(draft, 'desk', secrets);
    const request = { ...draft, scheme: 'https' as const, host, content: draft.body, hasBody: true };
    await expect(signer().sign!(request, 'desk', secrets)).rejects.toEqual(unsignable);
  });
});
