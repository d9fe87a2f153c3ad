import { describe, expect, it } from '@jest/globals';
import { signedHeaders } from '../../../src/secrets/aws/sign.js';
import { AwsFailure } from '../../../src/secrets/aws/failure.js';
import { seal } from '../../../src/secrets/seal.js';
import { authorizationOf, isSignedWith, signatureOf } from '../fakes/sigv4.js';

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const now = Date.UTC(2015, 7, 30, 12, 36, 0);
const scope = { region: 'us-east-1', service: 'sts', now };
const keysOf = (id: string, token?: string) => ({
  id: seal('aws', id),
  secret: seal('aws', secret),
  token: token === undefined ? undefined : seal('aws', token),
});
const request = {
  url: new URL('https://sts.us-east-1.amazonaws.com/'),
  headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
  body: 'Action=GetCallerIdentity&Version=2011-06-15',
};

describe('what the tests check signatures with', () => {
  it("comes to the signature of AWS's own example", () => {
    const example = {
      method: 'GET',
      path: '/',
      query: 'Action=ListUsers&Version=2010-05-08',
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        host: 'iam.amazonaws.com',
        'x-amz-date': '20150830T123600Z',
      },
      body: '',
    };
    const names = ['content-type', 'host', 'x-amz-date'];
    expect(signatureOf(example, names, secret, { date: '20150830', region: 'us-east-1', service: 'iam' })).toBe(
      '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    );
  });
});

describe('a signed request', () => {
  it.each([
    ['an id with a line break', keysOf('AKIDEXAMPLE00000\r\nx-evil: 1')],
    ['an id that is none', keysOf('AKI')],
    ['a token with a line break', keysOf('AKIDEXAMPLE00000', 'token\r\nx-evil: 1')],
    ['an empty token', keysOf('AKIDEXAMPLE00000', '')],
    ['a token beyond ASCII', keysOf('AKIDEXAMPLE00000', 't\u00f6ken')],
  ])('is not made with %s, which is not shown', async (_, keys) => {
    const failure = await signedHeaders(request, keys, scope).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AwsFailure);
    expect(failure).toMatchObject({ kind: 'login' });
    expect((failure as Error).message).not.toMatch(/evil|AKI|t.ken\b(?! does)/);
  });

  it('has its host, its body and each of its headers signed, as both implementations find', async () => {
    const token = 'IQoJb3JpZ2luX2VjE+/==';
    const headers = await signedHeaders(request, keysOf('AKIDEXAMPLE00000', token), scope);
    expect(headers['host']).toBeUndefined();
    const stated = authorizationOf(headers['authorization']!)!;
    expect(stated.signedHeaders).toEqual([
      'content-type',
      'host',
      'x-amz-content-sha256',
      'x-amz-date',
      'x-amz-security-token',
    ]);
    const sent = { method: 'POST', path: '/', headers: { ...headers, host: request.url.host }, body: request.body };
    expect(await isSignedWith(sent, stated, secret, token)).toBe(true);
    for (const other of [
      { ...sent, body: `${sent.body}&x=1` },
      { ...sent, path: '/x' },
      { ...sent, headers: { ...sent.headers, host: 'sts.evil.example.com' } },
      { ...sent, headers: { ...sent.headers, 'x-amz-security-token': 'other' } },
    ]) {
      expect(signatureOf(other, stated.signedHeaders, secret, stated.scope)).not.toBe(stated.signature);
    }
    expect(signatureOf(sent, stated.signedHeaders, `${secret}x`, stated.scope)).not.toBe(stated.signature);
  });

  it('has the path that its endpoint begins with, and the port in its host', async () => {
    const url = new URL('https://127.0.0.1:8443/vpce/aws/');
    const headers = await signedHeaders({ ...request, url }, keysOf('AKIDEXAMPLE00000'), scope);
    const stated = authorizationOf(headers['authorization']!)!;
    const sent = {
      method: 'POST',
      path: '/vpce/aws/',
      headers: { ...headers, host: '127.0.0.1:8443' },
      body: request.body,
    };
    expect(await isSignedWith(sent, stated, secret, undefined)).toBe(true);
  });
});
