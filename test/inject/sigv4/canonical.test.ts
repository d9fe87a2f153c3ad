import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../../src/core/header-list.js';
import { credentials, headWith } from '../credentials.js';
import {
  type Sent,
  accepted,
  authorization,
  content,
  hashOf,
  host,
  keys,
  now,
  ours,
  pass,
  region,
  s3Scope,
  secrets,
  signedByCaller,
  signer,
} from './signing.js';
import { verify } from './verifier.js';

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
    ['other services: two slashes', { service: 'es', path: '/a//b/' }],
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
