import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { exportJWK, generateKeyPair, importJWK, jwtVerify } from 'jose';
import type { Fetched } from '../../src/secrets/index.js';
import { reveal } from '../../src/secrets/seal.js';
import { fetchContext, whyUnavailable } from '../secrets/context.js';
import { makeOauth, newSecret, sealedAll } from '../secrets/oauth/make.js';
import { bearerGrant, exchangeGrant, startOidcServer, type OidcServer } from './oidc-server.js';

const clientSecret = newSecret();
const subject = newSecret();
let server: OidcServer;
let signer: string;
let clientKey: string;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  // It has advice for who runs it in earnest.
  for (const level of ['warn', 'info'] as const) jest.spyOn(console, level).mockImplementation(() => undefined);
  const assertion = await generateKeyPair('ES256', { extractable: true });
  const client = await generateKeyPair('ES256', { extractable: true });
  signer = JSON.stringify(await exportJWK(assertion.privateKey));
  clientKey = JSON.stringify(await exportJWK(client.privateKey));
  server = await startOidcServer(
    [
      {
        client_id: 'all:grants/of-it',
        client_secret: clientSecret,
        grant_types: ['client_credentials', 'refresh_token', exchangeGrant, bearerGrant],
      },
      {
        client_id: 'post',
        client_secret: clientSecret,
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'client_secret_post',
      },
      {
        client_id: 'signs',
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [await exportJWK(client.publicKey)] },
      },
    ],
    { subject, assertionKey: await exportJWK(assertion.publicKey) },
  );
});

afterAll(async () => {
  for (const close of closing) await close();
  await server.close();
  jest.restoreAllMocks();
});

const base = { client_id: 'all:grants/of-it', client_secret: 'client' };

function fetchWith(options: object, secrets: Readonly<Record<string, string>> = {}): Promise<Fetched> {
  const at = { token_url: `${server.issuer}/token`, ca_file: server.caFile };
  const { source, close } = makeOauth({ ...at, ...options }, { folder: server.folder });
  closing.push(close);
  return source.fetch(fetchContext({ secrets: sealedAll({ client: clientSecret, ...secrets }) }));
}

const valueOf = ({ fields }: Fetched): string => reveal(fields['value']!);

describe('the real oidc-provider', () => {
  it('refuses a wrong secret, and that is told as a login that failed', async () => {
    const refusal = fetchWith(base, { client: newSecret() });
    await expect(refusal).rejects.toMatchObject({ cause: { kind: 'login' } });
    expect(await whyUnavailable(refusal)).toMatch(/answered invalid_client: compare client_id/);
  });

  it('refuses a resource and a grant that the client may not have', async () => {
    const elsewhere = fetchWith({ ...base, resource: ['https://other.example.com'] });
    expect(await whyUnavailable(elsewhere)).toMatch(/answered invalid_target: compare resource/);
    const post = { client_id: 'post', client_auth: 'post', client_secret: 'client' };
    const exchange = { ...post, grant: 'token_exchange', subject_token: 'subject' };
    expect(await whyUnavailable(fetchWith(exchange, { subject }))).toMatch(/answered invalid_request$/);
  });

  it('gives tokens to a client by Basic, by parameters and by a signature', async () => {
    for (const options of [
      base,
      { client_id: 'post', client_auth: 'post', client_secret: 'client' },
      { client_id: 'signs', client_auth: 'private_key_jwt', private_key: 'key' },
      // The token endpoint as its own metadata tell it.
      {
        client_id: 'signs',
        client_auth: 'private_key_jwt',
        private_key: 'key',
        issuer: server.issuer,
        token_url: undefined,
      },
    ]) {
      const fetched = await fetchWith(options, { key: clientKey });
      expect(valueOf(fetched)).toMatch(/^[\w-]{20,}$/);
      expect(Math.abs((fetched.expiresAt ?? 0) - Date.now() - 600_000)).toBeLessThan(30_000);
    }
  });

  it('gives JWTs for a resource, which are of that audience', async () => {
    const fetched = await fetchWith({ ...base, resource: ['https://api.example.com'], scope: 'read' });
    const key = await importJWK(server.publicKey, 'RS256');
    const expected = { issuer: server.issuer, audience: 'https://api.example.com', typ: 'at+jwt' };
    expect((await jwtVerify(valueOf(fetched), key, expected)).payload['scope']).toBe('read');
  });

  it('rotates refresh tokens, and ours is always the newest', async () => {
    const first = await server.consent('all:grants/of-it');
    const options = { ...base, grant: 'refresh_token', refresh_token: 'first' };
    for (let i = 0; i < 3; i += 1) {
      const { fields } = await fetchWith(options, { first });
      expect(Object.keys(fields)).toEqual(['value', 'id_token']);
    }
    // The first one by itself, as somebody would who has no state: the server ends the grant, and that is told.
    const elsewhere = { ...options, state_file: 'elsewhere.json' };
    expect(await whyUnavailable(fetchWith(elsewhere, { first }))).toContain('It needs consent again');
    expect(await whyUnavailable(fetchWith(options, { first }))).toContain('It needs consent again');
    const second = await server.consent('all:grants/of-it');
    expect(valueOf(await fetchWith(options, { first: second }))).toMatch(/^[\w-]{20,}$/);
  });

  it('exchanges a token, and an assertion', async () => {
    const exchange = { ...base, grant: 'token_exchange', subject_token: 'subject', audience: ['api'] };
    expect(valueOf(await fetchWith(exchange, { subject }))).toMatch(/^[\w-]{20,}$/);
    expect(await whyUnavailable(fetchWith(exchange, { subject: newSecret() }))).toMatch(/with: invalid_grant$/);
    const bearer = {
      ...base,
      grant: 'jwt_bearer',
      assertion_key: 'signer',
      assertion_issuer: 'robot',
      assertion_subject: 'someone',
      issuer: server.issuer,
    };
    expect(valueOf(await fetchWith(bearer, { signer }))).toMatch(/^[\w-]{20,}$/);
    const other = fetchWith({ ...bearer, assertion_subject: 'other' }, { signer });
    expect(await whyUnavailable(other)).toMatch(/with: invalid_grant$/);
  });

  it('takes a token back', async () => {
    const { lease } = await fetchWith({ ...base, revocation_url: `${server.issuer}/token/revocation` });
    const revoked = new Promise((resolve) => server.provider.on('client_credentials.destroyed', resolve));
    await lease?.revoke?.(AbortSignal.timeout(5000));
    await revoked;
  });
});
