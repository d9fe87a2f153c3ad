import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { UsageError } from '../../../src/core/usage-error.js';
import { testAuthority } from '../../support/certificates.js';
import { fetchContext, whyUnavailable } from '../context.js';
import { clientCertificate } from './client-certificate.js';
import { byBasic, clientSecret, closeAll, startFake, valueOf } from './fake-server.js';
import { makeOauth } from './make.js';

const pem = { type: 'pkcs8', format: 'pem' } as const;

afterEach(closeAll);

describe('the client shows who it is', () => {
  it('by Basic, encoded as a form whatever its id and secret hold', async () => {
    const { fake, ask } = await startFake({
      client: { id: 'a:b c%', auth: { method: 'basic', secret: clientSecret } },
    });
    const options = { client_id: 'a:b c%', client_secret: 'client', scope: 'read write' };
    expect(await valueOf(ask(options))).toBe(fake.access('client read write'));
    expect(fake.asked.has('client_id')).toBe(false);
  });

  it('by parameters', async () => {
    const { fake, ask } = await startFake({
      client: { id: 'keywright', auth: { method: 'post', secret: clientSecret } },
    });
    const options = { client_auth: 'post', client_secret: 'client' };
    expect(await valueOf(ask(options))).toBe(fake.access('client '));
  });

  it('by its name alone', async () => {
    const { fake, ask } = await startFake({ client: { id: 'keywright', auth: { method: 'none' } } });
    expect(await valueOf(ask({ client_auth: 'none' }))).toBe(fake.access('client '));
  });

  it('by its certificate', async () => {
    const authority = testAuthority('Clients');
    const clientCa = authority.certificatePem;
    const { server, fake, ask } = await startFake(
      { client: { id: 'keywright', auth: { method: 'tls', name: 'kw' } } },
      { clientCa },
    );
    const { cert, key } = clientCertificate(authority, 'kw');
    writeFileSync(join(server.folder, 'c.pem'), cert);
    writeFileSync(join(server.folder, 'k.pem'), key, { mode: 0o600 });
    const options = { client_auth: 'none', client_cert_file: 'c.pem', client_key_file: 'k.pem' };
    expect(await valueOf(ask(options))).toBe(fake.access('client '));
    expect(await whyUnavailable(ask({ client_auth: 'none' }))).toContain('invalid_client');
  });

  it.each(['rsa PEM', 'rsa PKCS #1', 'P-256 JWK', 'Ed25519 JWK'])(
    'by an assertion that it signs, with %s',
    async (kind) => {
      const { publicKey, privateKey } = kind.startsWith('rsa')
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : kind.startsWith('P')
          ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
          : generateKeyPairSync('ed25519');
      const jwk = (): string => JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'k1' });
      const key = kind.endsWith('JWK')
        ? jwk()
        : String(privateKey.export(kind.endsWith('PEM') ? pem : { type: 'pkcs1', format: 'pem' }));
      const audience = 'https://id.example/';
      const auth = { method: 'private_key_jwt', publicKey, audience: () => audience } as const;
      const { fake, ask } = await startFake({ client: { id: 'keywright', auth } });
      const options = { client_auth: 'private_key_jwt', private_key: 'key', client_assertion_audience: audience };
      expect(await valueOf(ask(options, { key }))).toBe(fake.access('client '));
      // The server takes each assertion once.
      expect(await valueOf(ask(options, { key }))).toBe(fake.access('client '));
      // Its own URL, and its issuer where that is known, are what it is called without that.
      expect(await whyUnavailable(ask({ ...options, client_assertion_audience: undefined }, { key }))).toContain(
        'invalid_client',
      );
      const byIssuer = { ...options, client_assertion_audience: undefined, issuer: audience };
      expect(await valueOf(ask(byIssuer, { key }))).toBe(fake.access('client '));
      const header = decodeProtectedHeader(fake.asked.get('client_assertion') ?? '');
      expect(header.kid).toBe(kind.endsWith('JWK') ? 'k1' : undefined);
    },
  );

  it('is refused by a sentence that holds nothing of the key, where that is none', async () => {
    const { server, ask } = await startFake(byBasic);
    const options = { client_auth: 'private_key_jwt', private_key: 'key' };
    const noKey = 'MIIEvQIBADANBgkqh';
    const why = await whyUnavailable(ask(options, { key: noKey }));
    expect(why).toContain('key holds no private key in PEM (unencrypted) or as a JWK');
    expect(why).not.toContain(noKey);
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export(pem).toString();
    expect(await whyUnavailable(ask(options, { key: small }))).toContain('cannot sign with RS256');
    expect(server.requests).toEqual([]);
  });

  it('only to where its secret may go, and a key that signs goes nowhere', async () => {
    const { server } = await startFake(byBasic);
    const asked: [string, string | undefined][] = [];
    const made = makeOauth({ token_url: `${server.address}/oauth/token`, client_secret: 'client' });
    const context = fetchContext({
      secret: (reference, to) => {
        asked.push([reference.name, to]);
        return Promise.reject(new UsageError('enough'));
      },
    });
    await expect(made.source.fetch(context)).rejects.toThrow('enough');
    const signing = { client_auth: 'private_key_jwt', private_key: 'key' };
    const other = makeOauth({ token_url: `${server.address}/oauth/token`, ...signing });
    await expect(other.source.fetch(context)).rejects.toThrow('enough');
    expect(asked).toEqual([
      ['client', `localhost:${server.port}`],
      ['key', undefined],
    ]);
  });
});
