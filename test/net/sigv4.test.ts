import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { signPostV4, signV4, type SigV4Request } from '../../src/net/sigv4.js';

const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const host = 'examplebucket.s3.amazonaws.com';

/** The examples of docs.aws.amazon.com, "Signature calculations for the Authorization header: transferring payload in a single chunk". */
describe("AWS's own examples for S3", () => {
  const base = { method: 'GET', path: '/', query: {}, body: undefined, plainPath: true };
  it.each<[string, Partial<SigV4Request>, Record<string, string>, string]>([
    [
      'GET Object',
      { path: '/test.txt' },
      { range: 'bytes=0-9', 'x-amz-content-sha256': sha256('') },
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ],
    [
      'GET Bucket Lifecycle',
      { query: { lifecycle: '' } },
      { 'x-amz-content-sha256': sha256('') },
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    ],
    [
      'Get Bucket (List Objects)',
      { query: { 'max-keys': '2', prefix: 'J' } },
      { 'x-amz-content-sha256': sha256('') },
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ],
  ])('%s', async (_, request, headers, signature) => {
    const terms = { region: 'us-east-1', service: 's3', ...keys, now: Date.UTC(2013, 4, 24) };
    const signed = await signV4({ ...base, ...request, headers: { host, ...headers } }, terms);
    expect(signed['authorization']).toContain(`Signature=${signature}`);
  });
});

describe("AWS's test suite", () => {
  const terms = {
    region: 'us-east-1',
    service: 'service',
    accessKeyId: 'AKIDEXAMPLE',
    now: Date.UTC(2015, 7, 30, 12, 36),
  };
  const suite = { ...terms, secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
  const get = { method: 'GET', path: '/', query: {}, headers: { host: 'example.amazonaws.com' }, body: '' };
  it.each<[string, Partial<SigV4Request>, string]>([
    ['get-vanilla', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['post-vanilla', { method: 'POST' }, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'get-vanilla-query-order-key-case',
      { query: { Param2: 'value2', Param1: 'value1' } },
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
  ])('%s', async (_, request, signature) => {
    const signed = await signV4({ ...get, ...request }, suite);
    expect(signed['authorization']).toContain(`Signature=${signature}`);
  });
});

describe('a POST', () => {
  it('has its body hashed in a header, and its host and token signed', async () => {
    const post = {
      url: new URL('https://sts.eu-central-1.amazonaws.com/'),
      headers: { 'content-type': 'a/b' },
      body: 'x',
    };
    const terms = { region: 'eu-central-1', service: 'sts', ...keys, sessionToken: 'token', now: Date.now() };
    const signed = await signPostV4(post, terms);
    expect(signed['x-amz-content-sha256']).toBe(sha256('x'));
    expect(signed['authorization']).toContain(
      'SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token,',
    );
  });
});
