import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { HeaderList } from '../../src/core/header-list.js';
import { UsageError } from '../../src/core/usage-error.js';
import { checkRequest } from '../../src/inject/guard.js';
import { sigv4Signer } from '../../src/inject/sigv4.js';
import { credentials, headWith } from './credentials.js';
import {
  accepted,
  crc32Of,
  hashOf,
  host,
  keys,
  now,
  ours,
  pass,
  placeholders,
  region,
  secrets,
  signedByCaller,
  signedChunks,
  signer,
  type Sent,
} from './sigv4/signing.js';
import { verify } from './sigv4/verifier.js';

const unsignable = expect.objectContaining({ code: 'unsignable' });
const content = randomBytes(200_000);
const zero = '0'.repeat(64);
const presigned = (more: Readonly<Record<string, string>> = {}, path = '/key'): string => {
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${ours}/20261128/${region}/s3/aws4_request`,
    'X-Amz-Date': '20261128T090000Z',
    'X-Amz-Expires': '900',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': zero,
    ...more,
  });
  return `${path}?${query.toString()}`;
};
const authorization = (credential: string, names = 'host;x-amz-date', algorithm = 'AWS4-HMAC-SHA256'): string =>
  `${algorithm} Credential=${credential}, SignedHeaders=${names}, Signature=${zero}`;
const s3Scope = `20261128/${region}/s3/aws4_request`;

describe('options that a signer cannot be made of', () => {
  it.each([
    ['no keys', {}],
    ['a secret and a part of another', { secret: 'aws', access_key_id: 'id' }],
    ['an access key ID alone', { access_key_id: 'id' }],
    ['a secret access key alone', { secret_access_key: 'id' }],
  ])('are refused when the configuration is read: %s', (_, options) => {
    expect(() => sigv4Signer.make(options, { mode: 'set', placeholders })).toThrow(UsageError);
  });

  it.each([[{ regions: [] }], [{ services: ['s3 '] }], [{ regions: ['eu/1'] }], [{ secret: 'a.b' }]])(
    'are no options: %j',
    (options) => {
      expect(z.strictObject(sigv4Signer.options).safeParse({ secret: 'aws', ...options }).success).toBe(false);
    },
  );
});

describe('a request that is not signed anew', () => {
  it.each<[string, string[], string]>([
    ['with nothing', [], '/'],
    ['with keys of its own', ['authorization', authorization(`AKIAIOSFODNN7EXAMPLE/${s3Scope}`)], '/'],
    ['of another client', ['authorization', authorization(`${placeholders.of('agents', 'aws')!}/${s3Scope}`)], '/'],
    ['for another secret', ['authorization', authorization(`${placeholders.of('desk', 'other')!}/${s3Scope}`)], '/'],
    ['with the placeholder as a token', ['authorization', `Bearer ${ours}`], '/'],
    ['with a longer key ID', ['authorization', authorization(`${ours}0/${s3Scope}`)], '/'],
    ['presigned with keys of its own', [], presigned({ 'X-Amz-Credential': `AKIAIOSFODNN7EXAMPLE/${s3Scope}` })],
    ['with the placeholder in another parameter', [], `/?q=${ours}`],
  ])('in mode substitute: one %s', (_, headers, path) => {
    expect(signer().wants(headWith(headers, path), 'desk')).toBe(false);
  });

  it('in mode substitute: one of a client that is not known', () => {
    const head = headWith(['authorization', authorization(`${ours}/${s3Scope}`)]);
    expect(signer().wants(head, 'nobody')).toBe(false);
    expect(signer().wants(head, 'desk')).toBe(true);
  });
});

describe('a request that is refused', () => {
  const two = authorization(`${ours}/${s3Scope}`);
  it.each<[string, string[], string]>([
    ['two authorizations', ['authorization', two, 'authorization', two], '/'],
    ['two authorizations, one of them of its own', ['authorization', 'Bearer x', 'Authorization', two], '/'],
    ['a signature in header and query', ['authorization', two], presigned()],
    [
      'a signature in header and query, the second of another key',
      ['authorization', two],
      presigned({ 'X-Amz-Credential': `AKIAIOSFODNN7EXAMPLE/${s3Scope}` }),
    ],
    ['a Basic authorization and a signature in the query', ['authorization', 'Basic eDp5'], presigned()],
    ['version 2 besides', ['authorization', two], '/?AWSAccessKeyId=x&Signature=y'],
    ['two signatures in the query', [], `${presigned()}&X-Amz-Signature=${zero}`],
    ['two keys in the query', [], `${presigned()}&x-amz-credential=a`],
    ['half a signature in the query', [], `/?X-Amz-Credential=${ours}/${s3Scope}`],
    [
      'the signature for several regions',
      ['authorization', authorization(`${ours}/20261128/s3/aws4_request`, 'host', 'AWS4-ECDSA-P256-SHA256')],
      '/',
    ],
    ['the same in the query', [], presigned({ 'X-Amz-Algorithm': 'AWS4-ECDSA-P256-SHA256' })],
    ['a scope with a part too many', ['authorization', authorization(`${ours}/x/${s3Scope}`)], '/'],
    ['a scope with another end', ['authorization', authorization(`${ours}/20261128/${region}/s3/aws5_request`)], '/'],
    ['a scope without a date', ['authorization', authorization(`${ours}/today/${region}/s3/aws4_request`)], '/'],
    ['a region with a line break', ['authorization', authorization(`${ours}/20261128/eu%0d%0a/s3/aws4_request`)], '/'],
    ['no names of headers', ['authorization', authorization(`${ours}/${s3Scope}`, '')], '/'],
    ['names of headers with a space', ['authorization', authorization(`${ours}/${s3Scope}`, 'host; x')], '/'],
    ['a second credential', ['authorization', `${two}, Credential=${ours}/${s3Scope}`], '/'],
    ['no signature', ['authorization', `AWS4-HMAC-SHA256 Credential=${ours}/${s3Scope}, SignedHeaders=host`], '/'],
  ])('for %s', async (_, headers, path) => {
    const head = headWith(headers, path);
    expect(signer().wants(head, 'desk')).toBe(true);
    await expect(pass(head)).rejects.toEqual(unsignable);
  });

  it.each<[string, Sent, Parameters<typeof signer>[0]]>([
    ['region', { region: 'us-east-1' }, { regions: ['eu-central-1', 'eu-west-1'] }],
    ['service', { service: 'iam' }, { services: ['s3'] }],
  ])(
    'for another %s than is allowed, with a hint for the operator that repeats nothing',
    async (what, sent, options) => {
      const refusal = await pass(await signedByCaller(sent), signer(options)).catch((error: unknown) => error);
      expect(refusal).toEqual(unsignable);
      expect(refusal).toMatchObject({
        hint: expect.stringMatching(new RegExp(`${what}s. are (eu-central-1, eu-west-1|s3)`)),
      });
      expect(JSON.stringify(refusal) + String((refusal as Error).cause)).not.toMatch(/us-east-1|iam/);
    },
  );

  it.each([
    ['of an event stream', 'STREAMING-AWS4-HMAC-SHA256-EVENTS'],
    ['of chunks signed for several regions', 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD'],
    ['of chunks signed for several regions, with a trailer', 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER'],
    ['that is none', 'something'],
  ])('for a body %s', async (_, hash) => {
    const draft = await signedByCaller({ method: 'PUT', headers: { 'x-amz-content-sha256': hash }, body: 'x' });
    await expect(pass(draft)).rejects.toEqual(unsignable);
  });

  it.each([
    ['UNSIGNED-PAYLOAD', {}],
    ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { 'x-amz-decoded-content-length': '1' }],
    ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { 'x-amz-decoded-content-length': '1' }],
  ])('for a body that is not signed, over http: %s', async (hash, more) => {
    const headers = { 'x-amz-content-sha256': hash, ...more };
    const draft = await signedByCaller({ method: 'PUT', headers, body: 'x' });
    await expect(pass(draft, signer(), { scheme: 'http' })).rejects.toEqual(unsignable);
  });

  it.each([
    ['a dot segment', '/a/../b'],
    ['an encoded dot segment', '/a/%2e%2E/b'],
    ['a plus in a key', '/a+b'],
    ['an encoded slash in a key', '/a%2Fb'],
    ['a percent sign without digits', '/a%zz'],
    ['bytes that are no UTF-8', '/a%ff'],
    ['a byte beyond ASCII', '/a\u00e9'],
    ['a broken query', '/a?x=%f'],
    ['a parameter that signers lose', '/a?__proto__=1'],
    ['no path', '*'],
  ])('for %s, which has more than one reading', async (_, path) => {
    await expect(pass(await signedByCaller({ path }))).rejects.toEqual(unsignable);
  });

  it('for a value beyond ASCII in a header that is signed', async () => {
    const draft = await signedByCaller({ headers: { 'x-amz-meta-a': 'b' } });
    draft.headers.set('x-amz-meta-a', 'sch\u00f6n');
    await expect(pass(draft)).rejects.toEqual(unsignable);
  });

  it('for two hashes of one body', async () => {
    const draft = await signedByCaller({ method: 'PUT', headers: { 'x-amz-content-sha256': hashOf('x') }, body: 'x' });
    draft.headers.add('X-Amz-Content-Sha256', 'UNSIGNED-PAYLOAD');
    await expect(pass(draft)).rejects.toEqual(unsignable);
  });

  it.each([
    ['an access key ID with a slash', { access_key_id: 'AKIA/AAAAAAAAAAAAAAA' }],
    ['an access key ID with a line break', { access_key_id: 'AKIAAAAAAAAAAAAA\r\nx: 1' }],
    ['a session token with a line break', { session_token: 'tokentoken\r\nx: 1' }],
    ['a secret access key with a space', { secret_access_key: 'secret secret' }],
    ['no secret access key', { secret_access_key: '' }],
  ])('for keys that are none: %s', async (_, parts) => {
    const all = { access_key_id: keys.id, secret_access_key: keys.secret, session_token: keys.token, ...parts };
    const bad = credentials({ aws: all });
    const draft = await signedByCaller({});
    const attempt = async (): Promise<void> => {
      signer().inject(draft, 'desk', bad);
      await signer().sign!({ ...draft, scheme: 'https', host, content: undefined, hasBody: false }, 'desk', bad);
    };
    const refusal: unknown = await attempt().catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'secret_unavailable' });
    expect(String((refusal as Error).cause)).not.toContain(keys.secret);
  });
});

describe('a request that is signed anew, as an implementation that signs nothing finds', () => {
  it.each<[string, Sent]>([
    ['GET of an object', { path: '/key' }],
    ['a list', { path: '/?list-type=2&prefix=a%2Fb%20c&delimiter=%2F' }],
    ['a parameter without a value', { path: '/key?acl' }],
    ['parameters twice, not in order', { path: '/?b=2&a=3&b=1&A=4' }],
    ['parameters with empty ones between them', { path: '/?a=1&&b=2&' }],
    ['a plus in the query, which is a space', { path: '/?prefix=a+b' }],
    ['characters that some leave and some encode', { path: "/k(1)!'*~-._?x='(a)*!" }],
    ['characters encoded that need not be', { path: '/%41%7e?%61=%2d' }],
    ['small hex', { path: '/a%c3%a9?x=%c3%a9' }],
    ['two slashes in a key', { path: '/a//b/' }],
    ['other services: a path encoded once', { service: 'bedrock', path: '/model/anthropic.x%3A0/invoke' }],
    ['other services: an encoded slash', { service: 'bedrock', path: '/model/arn%3Aaws%2Fx/invoke' }],
    ['other services: two slashes', { service: 'execute-api', path: '/a//b/' }],
    ['other services: a raw colon and a plus', { service: 'es', path: '/_cat/a,b:c+d@e;f=g' }],
    ['a header with odd spaces', { headers: { 'x-amz-meta-a': '  a \t b   c ' } }],
    ['POST with a body that is hashed here', { service: 'sts', method: 'POST', body: 'Action=GetCallerIdentity' }],
    ['POST without a body', { service: 'sts', method: 'POST' }],
    ['a body with its hash', { method: 'PUT', body: content, headers: { 'x-amz-content-sha256': hashOf(content) } }],
    ['a body without', { method: 'PUT', body: content, headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }],
    ['a body of S3 about which nothing is said', { method: 'PUT', body: content }],
    ['temporary keys that are none', { token: 'a-placeholder' }],
    [
      'a length that is signed',
      { method: 'PUT', body: 'abc', headers: { 'content-length': '3', 'content-type': 'a/b' } },
    ],
    ['headers that a hop changes', { headers: { 'user-agent': 'x', te: 'trailers', 'cache-control': 'no-cache' } }],
  ])('%s', async (_, sent) => {
    const { service, region: at, content: got } = await accepted(await signedByCaller(sent));
    expect({ service, at }).toEqual({ service: sent.service ?? 's3', at: region });
    expect(got.equals(Buffer.from(sent.body ?? ''))).toBe(true);
  });

  it('has what the caller signed in its signature, all of x-amz-, and nothing else', async () => {
    const draft = await signedByCaller({ headers: { 'content-type': 'text/plain', range: 'bytes=0-1' } });
    draft.headers.add('x-amz-meta-later', '1');
    draft.headers.add('accept', '*/*');
    const { signedHeaders } = await accepted(draft);
    expect(signedHeaders).toEqual([
      ...['content-type', 'host', 'range', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-meta-later'],
      'x-amz-security-token',
    ]);
  });

  it('leaves out names of a hop, and what is not there, and has host though it was not named', async () => {
    const names = 'connection;expect;te;transfer-encoding;proxy-authorization;x-not-there;x-amz-date';
    const draft = headWith(['authorization', authorization(`${ours}/${s3Scope}`, names), 'te', 'trailers']);
    const { signedHeaders } = await accepted(draft);
    expect(signedHeaders).toEqual(['host', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token']);
  });

  it('makes one of a header that stands twice', async () => {
    const draft = await signedByCaller({});
    draft.headers.add('x-amz-meta-a', 'b ');
    draft.headers.add('X-Amz-Meta-A', ' a');
    const { arrived } = await pass(draft);
    expect(new HeaderList(arrived.rawHeaders).all('x-amz-meta-a')).toEqual(['b,a']);
    verify(arrived, keys, now);
  });

  it("has our time, though the caller's clock is wrong, and its Date is dropped", async () => {
    const { arrived } = await pass(await signedByCaller({ headers: { date: 'Sat, 28 Nov 2026 09:00:00 GMT' } }));
    const headers = new HeaderList(arrived.rawHeaders);
    expect(headers.all('x-amz-date')).toEqual(['20261128T093000Z']);
    expect(headers.has('date')).toBe(false);
  });

  it('has no session token where the keys have none, whatever the caller sent', async () => {
    const lasting = credentials({ aws: { access_key_id: keys.id, secret_access_key: keys.secret } });
    const draft = await signedByCaller({ token: 'a-placeholder' });
    signer().inject(draft, 'desk', lasting);
    expect(draft.headers.has('x-amz-security-token')).toBe(false);
  });

  it('shows the key and the token of nobody but ours, and the secret key nowhere', async () => {
    const { arrived, rendered } = await pass(await signedByCaller({ token: 'a-placeholder' }));
    const text = `${arrived.url} ${arrived.rawHeaders.join(' ')}`;
    expect(text).not.toContain(keys.secret);
    expect(text).not.toContain(ours);
    expect(text).not.toContain('a-placeholder');
    expect(rendered).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(text).toContain(`Signature=${rendered[0]!}`);
  });

  it('hashes what a place has put into the body, not what the caller hashed', async () => {
    const draft = await signedByCaller({
      method: 'PUT',
      body: 'x',
      headers: { 'x-amz-content-sha256': hashOf('other') },
    });
    const request = {
      ...{ method: 'PUT', scheme: 'https' as const, host, path: '/', headers: draft.headers },
      ...{ content: Buffer.from('x'), hasBody: true },
    };
    signer().inject(draft, 'desk', secrets);
    await signer().sign!(request, 'desk', secrets);
    expect(draft.headers.first('x-amz-content-sha256')).toBe(hashOf('x'));
  });
});

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

describe('a presigned URL', () => {
  it('is signed in its headers, and its query keeps what is not of the signature', async () => {
    const path = presigned({ 'X-Amz-Security-Token': 'a-placeholder', 'x-id': 'GetObject', versionId: '1' });
    const { arrived } = await pass(headWith([], path));
    expect(arrived.url).toBe('/key?x-id=GetObject&versionId=1');
    verify(arrived, keys, now);
  });

  it('has the headers again that were moved into it', async () => {
    const path = presigned({ 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD', 'x-amz-checksum-mode': 'ENABLED' });
    const { arrived } = await pass(headWith([], path));
    const headers = new HeaderList(arrived.rawHeaders);
    expect(arrived.url).toBe('/key');
    expect(headers.first('x-amz-content-sha256')).toBe('UNSIGNED-PAYLOAD');
    expect(headers.first('x-amz-checksum-mode')).toBe('ENABLED');
    expect(verify(arrived, keys, now).signedHeaders).toContain('x-amz-checksum-mode');
  });

  it.each([
    ['a line break', [], { 'x-amz-acl': 'a\r\nx: 1' }],
    ['a header that is there too', ['x-amz-acl', 'private'], { 'x-amz-acl': 'public-read' }],
  ])('is refused where a parameter cannot become a header: %s', async (_, headers, more) => {
    await expect(pass(headWith(headers, presigned(more)))).rejects.toEqual(unsignable);
  });

  it('is spelled in any case', async () => {
    const path = presigned().replace('X-Amz-Credential', 'x-amz-%63redential').replace('X-Amz-Date', 'x-amz-date');
    await accepted(headWith([], path));
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

describe('mode set', () => {
  it.each([
    ['nothing', undefined],
    ['a token', 'Bearer abc'],
    ['version 2', 'AWS AKIA:abc'],
  ])('signs a request that carries %s, where there is one region and one service', async (_, sent) => {
    const head = headWith(sent === undefined ? [] : ['authorization', sent], '/key');
    const { service } = await accepted(head, signer({ regions: [region], services: ['s3'] }, 'set'));
    expect(service).toBe('s3');
  });

  it.each([
    [{}],
    [{ regions: [region] }],
    [{ services: ['s3'] }],
    [{ regions: [region, 'eu-west-1'], services: ['s3'] }],
    [{ regions: [region], services: ['s3', 'sts'] }],
  ])('refuses one that is not signed, with a hint, where it cannot know for what: %j', async (options) => {
    const refusal: unknown = await pass(headWith([]), signer(options, 'set')).catch((error: unknown) => error);
    expect(refusal).toEqual(unsignable);
    expect(refusal).toMatchObject({ hint: expect.stringContaining('`regions`') });
  });

  it('replaces any signature, in header or query', async () => {
    const own = 'AKIAIOSFODNN7EXAMPLE';
    const set = signer({}, 'set');
    await accepted(await signedByCaller({ accessKeyId: own }), set);
    const { arrived } = await pass(headWith([], presigned({ 'X-Amz-Credential': `${own}/${s3Scope}` })), set);
    verify(arrived, keys, now);
    expect(arrived.url).toBe('/key');
  });

  it('refuses what it cannot replace: another algorithm, version 2 in the query', async () => {
    const set = signer({ regions: [region], services: ['s3'] }, 'set');
    const ecdsa = authorization(`AKIAIOSFODNN7EXAMPLE/20261128/s3/aws4_request`, 'host', 'AWS4-ECDSA-P256-SHA256');
    await expect(pass(headWith(['authorization', ecdsa]), set)).rejects.toEqual(unsignable);
    await expect(pass(headWith([], '/?AWSAccessKeyId=a&Signature=b&Expires=1'), set)).rejects.toEqual(unsignable);
  });

  it('holds a body of a service that is not S3', () => {
    const set = signer({ regions: [region], services: ['sts'] }, 'set');
    expect(set.holds!(headWith([]), 'desk')).toBe(true);
  });
});

describe('the keys', () => {
  it.each([
    ['Vault', { access_key: keys.id, secret_key: keys.secret, security_token: keys.token }],
    [
      'the environment',
      { AWS_ACCESS_KEY_ID: keys.id, AWS_SECRET_ACCESS_KEY: keys.secret, AWS_SESSION_TOKEN: keys.token },
    ],
    ['the JSON of AWS', { AccessKeyId: keys.id, SecretAccessKey: keys.secret, SessionToken: keys.token }],
  ])('are found under the names of %s', (_, fields) => {
    const draft = headWith(['authorization', authorization(`${ours}/${s3Scope}`)]);
    signer().inject(draft, 'desk', credentials({ aws: fields }));
    expect(draft.headers.first('authorization')).toContain(`Credential=${keys.id}/`);
    expect(draft.headers.first('x-amz-security-token')).toBe(keys.token);
  });

  it('may be of several secrets, of which the one with the ID has the placeholder', () => {
    const parts = { access_key_id: 'other', secret_access_key: 'aws.key', session_token: 'third' };
    const injection = signer(parts);
    expect(injection.secrets).toEqual(['other', 'aws', 'third']);
    const draft = headWith(['authorization', authorization(`${placeholders.of('desk', 'other')!}/${s3Scope}`)]);
    expect(injection.wants(draft, 'desk')).toBe(true);
    injection.inject(
      draft,
      'desk',
      credentials({ other: { value: keys.id }, aws: { key: keys.secret }, third: { value: keys.token } }),
    );
    expect(draft.headers.first('x-amz-security-token')).toBe(keys.token);
  });

  it('have to have the session token that the configuration names', () => {
    const injection = signer({
      access_key_id: 'aws.access_key_id',
      secret_access_key: 'aws.secret_access_key',
      session_token: 'aws.no',
    });
    const draft = headWith(['authorization', authorization(`${ours}/${s3Scope}`)]);
    expect(() => injection.inject(draft, 'desk', secrets)).toThrow(
      expect.objectContaining({ code: 'secret_unavailable' }),
    );
  });
});

describe('the placeholder', () => {
  it.each([
    ['in the header', headWith(['authorization', authorization(`${ours}/${s3Scope}`)])],
    ['in the query', headWith([], presigned())],
  ])('is gone when the request is rehearsed: %s', (_, head) => {
    expect(() => checkRequest(head, [signer()], 'desk', placeholders)).not.toThrow();
  });

  it.each([
    [
      'of another client',
      headWith(['authorization', authorization(`${placeholders.of('agents', 'aws')!}/${s3Scope}`)]),
    ],
    ['somewhere else besides', headWith(['authorization', authorization(`${ours}/${s3Scope}`), 'x-amz-meta-a', ours])],
  ])('is refused %s', (_, head) => {
    const firing = [signer()].filter((injection) => injection.wants(head, 'desk'));
    expect(() => checkRequest(head, firing, 'desk', placeholders)).toThrow(
      expect.objectContaining({ code: 'placeholder_misplaced' }),
    );
  });
});
