import { describe, expect, it } from '@jest/globals';
import { credentials, headWith } from '../credentials.js';
import {
  type Sent,
  authorization,
  hashOf,
  host,
  keys,
  ours,
  pass,
  presigned,
  region,
  s3Scope,
  signedByCaller,
  signer,
  unsignable,
  zero,
} from './signing.js';

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
