import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { HeaderList } from '../../src/core/header-list.js';
import { UsageError } from '../../src/core/usage-error.js';
import { checkRequest } from '../../src/inject/guard.js';
import { sigv4Signer } from '../../src/inject/sigv4.js';
import { headWith } from './credentials.js';
import {
  accepted,
  authorization,
  keys,
  now,
  ours,
  pass,
  placeholders,
  presigned,
  region,
  s3Scope,
  secrets,
  signedByCaller,
  signer,
  unsignable,
} from './sigv4/signing.js';
import { verify } from './sigv4/verifier.js';

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

describe('what stands in the way of a signature', () => {
  const signedBy = async (head: ReturnType<typeof headWith>, host?: string): Promise<unknown> =>
    pass(head, signer(), host === undefined ? {} : { host });

  it.each([
    ['a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com', 's3', '/'],
    ['a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com', 'sts', '/'],
    ['monitoring.eu-central-1.amazonaws.com', 'iam', '/'],
    ['abc.lambda-url.eu-central-1.on.aws', 'lambda', '/%32015-03-31/functions/'],
  ])('is that a host does not serve it: %s, %s', async (host, service, path) => {
    const scope = `20261128/${region}/${service}/aws4_request`;
    const head = headWith(['authorization', authorization(`${ours}/${scope}`)], path);
    await expect(signedBy(head, host)).rejects.toEqual(unsignable);
  });

  it('is what another entry wrote over it', async () => {
    const set = signer({ regions: [region], services: ['s3'] }, 'set');
    const written = async (change: (headers: HeaderList) => void): Promise<unknown> => {
      const head = headWith([]);
      set.inject(head, 'desk', secrets);
      change(head.headers);
      const rest = { scheme: 'https', content: undefined, hasBody: false } as const;
      return set.sign!(
        { method: 'GET', path: '/', host: 's3.amazonaws.com', ...rest, headers: head.headers },
        'desk',
        secrets,
      );
    };
    await expect(written((headers) => headers.add('authorization', 'Basic YTpi'))).rejects.toEqual(unsignable);
    await expect(written((headers) => headers.set('authorization', 'Basic YTpi'))).rejects.toEqual(unsignable);
    await expect(written((headers) => headers.remove('authorization'))).rejects.toEqual(unsignable);
    await expect(written(() => undefined)).resolves.toBeDefined();
  });

  it('is nothing that CGI reads as the token: it is dropped', async () => {
    const head = headWith([
      ...['authorization', authorization(`${ours}/${s3Scope}`), 'x_amz_security_token', 'own'],
      ...['X_Amz-Security_Token', 'own'],
    ]);
    const { arrived } = await pass(head);
    expect(arrived.rawHeaders.filter((text) => /token$/i.test(text))).toEqual(['x-amz-security-token']);
    expect(arrived.rawHeaders).not.toContain('own');
  });
});
