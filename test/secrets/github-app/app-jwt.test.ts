import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { signAppJwt } from '../../../src/secrets/github-app/app-jwt.js';
import { seal } from '../../../src/secrets/seal.js';
import { fetchContext, whyUnavailable } from '../context.js';
import { appKeys } from '../fakes/github.js';
import { keys, make, start, stop, why } from './under-test.js';

afterEach(stop);

describe('a private key that cannot sign', () => {
  it('is told by the name of its secret, and GitHub is not asked', async () => {
    const { server: at } = await start();
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    for (const pem of ['no key at all', curve.toString(), appKeys(1024).pkcs1, keys.pkcs1.slice(0, 400)]) {
      expect(await why(make(at), pem)).toMatch(/the secret key is no RSA key in PEM of at least 2048 bits$/);
    }
    expect(at.requests).toEqual([]);
  });

  it('is one that cannot be had', async () => {
    const { server: at } = await start();
    expect(await whyUnavailable(make(at).fetch(fetchContext()))).toMatch(/a test has none/);
  });
});

describe('what an app proves itself with', () => {
  it('was made a minute ago, and ends within the ten minutes that GitHub allows', async () => {
    const at = 1_800_000_000_500;
    const jwt = await signAppJwt('app', seal('key', keys.pkcs8), 'Iv23liAcme', at);
    const [head, body] = jwt.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(head!)).toEqual({ alg: 'RS256', typ: 'JWT' });
    expect(JSON.parse(body!)).toEqual({ iss: 'Iv23liAcme', iat: 1_799_999_940, exp: 1_800_000_540 });
  });
});
