import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { keepsTheContract } from './backend-contract.js';
import { startBackend } from './backend-server.js';
import type { Fetched } from '../../src/secrets/index.js';
import { fetchContext, whyUnavailable } from './context.js';
import { described, FakeOauth } from './fakes/oauth.js';
import { byBasic, clientSecret, closeAll, startFake } from './oauth/fake-server.js';
import { mistakesOfSecret } from './mistakes.js';
import { makeOauth, sealedAll } from './oauth/make.js';

afterEach(closeAll);

let fake: FakeOauth;
let first: string;

keepsTheContract('oauth by client credentials', {
  start: () => startBackend((fake = new FakeOauth(byBasic)).handler),
  make: ({ address }, trust) =>
    makeOauth({ token_url: `${address}/oauth/token`, ca_file: trust, client_secret: 'client' }),
  expected: () => ({ value: fake.access('client ') }),
  secret: () => [clientSecret, fake.access('client ')],
  context: () => ({ secrets: sealedAll({ client: clientSecret }) }),
});

keepsTheContract('oauth by a refresh token that changes with each use', {
  start: () => {
    fake = new FakeOauth({ ...byBasic, rotates: true });
    first = fake.consent();
    return startBackend(fake.handler);
  },
  make: ({ address, folder }, trust) =>
    makeOauth(
      {
        token_url: `${address}/oauth/token`,
        ca_file: trust,
        client_secret: 'client',
        grant: 'refresh_token',
        refresh_token: 'first',
      },
      { folder },
    ),
  expected: () => ({ value: fake.access('refresh') }),
  secret: () => [clientSecret, first, fake.newest(first) ?? first, fake.access('refresh')],
  context: () => ({ secrets: sealedAll({ client: clientSecret, first }) }),
});

describe('an answer is refused', () => {
  const answers: [string, Readonly<Record<string, unknown>>, RegExp][] = [
    ['with no access token', { access_token: undefined }, /INVALID_RESPONSE/],
    ['with an access token that is no text', { access_token: { a: 1 } }, /INVALID_RESPONSE/],
    ['with a line break in the access token', { access_token: 'abc\r\nx-admin: 1' }, /no text for a header/],
    ['with an access token that no header holds', { access_token: 'x'.repeat(70_000) }, /no text for a header/],
    ['with a token for DPoP', { token_type: 'DPoP' }, /bound to a key \(DPoP\), which is not supported/],
    ['with a token of another kind', { token_type: 'mac' }, /of a type other than Bearer/],
    ['with N_A where nothing was exchanged', { token_type: 'N_A' }, /of a type other than Bearer/],
    ['with no type of token', { token_type: undefined }, /no token_type, which RFC 6749 requires/],
    ['with a type of token that is null', { token_type: null }, /no token_type, which RFC 6749 requires/],
    ['with a type of token that is no text', { token_type: 1 }, /INVALID_RESPONSE/],
    ['with a lifetime below zero', { expires_in: -1 }, /INVALID_RESPONSE|no number of seconds/],
    ['with a lifetime of zero', { expires_in: 0 }, /no number of seconds/],
    ['with a lifetime in words', { expires_in: 'an hour' }, /INVALID_RESPONSE|no number of seconds/],
    ['with a lifetime that only begins as a number', { expires_in: '60 s' }, /no number of seconds/],
    ['with a lifetime that is a list', { expires_in: [60] }, /no number of seconds/],
  ];

  it.each(answers)('%s', async (_, answer, why) => {
    const ask = (await startFake({ ...byBasic, answer })).ask;
    expect(await whyUnavailable(ask({ client_secret: 'client' }))).toMatch(why);
  });
});

describe('what a server calls its tokens', () => {
  const ask = async (token_type: string, said: unknown): Promise<Fetched> =>
    (await startFake({ ...byBasic, answer: { token_type: said } })).ask({ client_secret: 'client', token_type });

  it.each([
    ['none', 'mac', /of a type other than Bearer/],
    ['none', 'DPoP', /bound to a key/],
    ['bot', 'user', /of a type other than Bearer/],
    ['bot', 'DPoP', /bound to a key/],
    ['bot', undefined, /no token_type/],
  ])('is %s, and it says %s', async (called, said, why) => {
    expect(await whyUnavailable(ask(called, said))).toMatch(why);
  });

  it.each([
    ['none', undefined],
    ['none', null],
    ['none', 'Bearer'],
    ['Bot', 'bot'],
    ['bot', 'Bearer'],
  ])('may be %s where it says %s', async (called, said) => {
    await expect(ask(called, said)).resolves.toMatchObject({ fields: { value: expect.anything() } });
  });

  it.each(['DPoP', 'mac', 'N_A', 'PoP', '', 'a b'])('is not %s', (token_type) => {
    expect(() => makeOauth({ token_type, token_url: 'https://id.example.com', client_secret: 'client' })).toThrow();
  });
});

describe('a token holds', () => {
  const times: [string, unknown, number][] = [
    ['as long as the server says', 600, 600_000],
    ['as long as the server says in digits', '600', 600_000],
    ['five minutes where the server says nothing', undefined, 300_000],
    ['five minutes where the server says null', null, 300_000],
    ['a day at most', 1e12, 86_400_000],
  ];

  it.each(times)('%s', async (_, expires_in, lifetime) => {
    // `null` is what the package would refuse.
    const ask = (await startFake({ ...byBasic, answer: { expires_in } })).ask;
    const before = Date.now();
    const { expiresAt = 0 } = await ask({ client_secret: 'client' });
    expect(expiresAt - before).toBeGreaterThanOrEqual(lifetime);
    expect(expiresAt - before).toBeLessThan(lifetime + 10_000);
  });

  it('as long as the configuration says where the server says nothing', async () => {
    const ask = (await startFake({ ...byBasic, answer: { expires_in: undefined } })).ask;
    const { expiresAt = 0 } = await ask({ client_secret: 'client', default_lifetime: '1h' });
    expect(Math.abs(expiresAt - Date.now() - 3_600_000)).toBeLessThan(10_000);
  });
});

describe('what the server answers with is told by its code alone', () => {
  const failures: [number, unknown, string, RegExp][] = [
    [
      401,
      { error: 'invalid_client' },
      'login',
      /answered invalid_client: compare client_id, client_secret and client_auth/,
    ],
    [
      200,
      { error: 'incorrect_client_credentials' },
      'login',
      /answered incorrect_client_credentials: compare client_id/,
    ],
    [401, 'who are you', 'login', /answered with status 401 and no error that is known: compare client_id/],
    [400, { error: 'invalid_grant' }, 'denied', /refused what the token is asked for with: invalid_grant$/],
    [400, { error: 'invalid_scope' }, 'denied', /answered invalid_scope: compare scope/],
    [400, { error: 'invalid_target' }, 'denied', /answered invalid_target: compare resource and audience/],
    [400, { error: 'unsupported_grant_type' }, 'denied', /answered unsupported_grant_type: .*: compare grant/],
    [400, { error: 'unauthorized_client' }, 'denied', /answered unauthorized_client: .*: compare grant and client_id$/],
    [400, { error: 'consent_required' }, 'denied', /answered consent_required$/],
    [400, { error: 'temporarily_unavailable' }, 'down', /answered temporarily_unavailable$/],
    [400, { error: 'constructor' }, 'down', /no error that is known$/],
    [400, { error: 'password hunter22' }, 'down', /no error that is known$/],
    [403, {}, 'denied', /status 403/],
    [403, '<html>', 'down', /status 403/],
    [404, {}, 'missing', /status 404/],
    [404, '<html>', 'down', /status 404/],
    [502, { error: 'invalid_grant' }, 'down', /failed with status 502$/],
    [302, {}, 'down', /redirect, which is never followed$/],
  ];

  it.each(failures)('%s %j is %s', async (status, body, kind, why) => {
    const reply = {
      status,
      body: typeof body === 'string' ? body : { error_description: described, ...(body as object) },
    };
    const ask = (await startFake(byBasic, undefined, () => () => reply)).ask;
    const refusal = ask({ client_secret: 'client' });
    await expect(refusal).rejects.toMatchObject({ code: 'secret_unavailable', cause: { kind } });
    const said = await whyUnavailable(refusal);
    expect(said).toMatch(why);
    expect(said).not.toContain(described);
    expect(said).not.toContain('hunter');
  });
});

describe('what else a token comes with', () => {
  it('is handed out where it is an ID token, whoever has issued it', async () => {
    const ask = (await startFake({ ...byBasic, answer: { id_token: 'e30.e30.x', scope: 'read' } })).ask;
    const { fields } = await ask({ client_secret: 'client' });
    expect(Object.keys(fields)).toEqual(['value', 'id_token']);
  });
});

describe('a configuration is refused', () => {
  const base = { from: 'oauth', client_id: 'a', token_url: 'https://a.example/t', client_secret: 'key' };
  const refused: [string, object, RegExp][] = [
    ['without a server', { token_url: undefined }, /^found neither "token_url" nor "issuer"/],
    [
      'without the secret of the client',
      { client_secret: undefined },
      /^"client_secret" is missing, which client_auth/,
    ],
    [
      'with a secret that would not be used',
      { client_auth: 'none' },
      /^found "client_secret", which is for client_auth/,
    ],
    ['with a key that would not be used', { private_key: 'key' }, /^found "private_key", which is for client_auth/],
    [
      'without the key',
      { client_secret: undefined, client_auth: 'private_key_jwt' },
      /^"private_key" is missing, which client_auth: private_key_jwt needs/,
    ],
    ['without the first refresh token', { grant: 'refresh_token' }, /^"refresh_token" is missing, which grant/],
    ['with a refresh token that would not be used', { refresh_token: 'key' }, /^found "refresh_token", which is for/],
    ['without what is exchanged', { grant: 'token_exchange' }, /^"subject_token" is missing, which grant/],
    ['without the key of the assertion', { grant: 'jwt_bearer' }, /^"assertion_key" is missing, which grant/],
    [
      'with parameters that have keys of their own',
      { parameters: { client_secret: 'x' } },
      /^found "client_secret"; allo/,
    ],
    ['with claims that have keys of their own', { assertion_claims: { exp: 1 } }, /^found "exp"; allowed is the name/],
    ['with an assertion for longer than an hour', { assertion_lifetime: '2h' }, /^found "2h"; allowed is a duration/],
    ['with a server in a query', { token_url: 'https://a.example/t?x=1' }, /^found a URL with a query/],
    ['with a server in cleartext', { token_url: 'http://a.example/t' }, /^found an address without TLS/],
  ];

  it.each(refused)('%s', (_, options, why) => {
    expect(mistakesOfSecret({ ...base, ...options })).toEqual([expect.stringMatching(why)]);
  });

  it('not where all belongs together', () => {
    expect(mistakesOfSecret(base)).toEqual([]);
    expect(mistakesOfSecret({ ...base, client_auth: 'post', grant: 'refresh_token', refresh_token: 'key' })).toEqual(
      [],
    );
  });
});

describe('without TLS', () => {
  it('nothing is sent to another machine', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oauth-'));
    const { source } = makeOauth({ token_url: 'http://192.0.2.1/t', client_secret: 'client' }, { folder });
    const why = await whyUnavailable(source.fetch(fetchContext({ secrets: sealedAll({ client: clientSecret }) })));
    expect(why).toContain('cleartext');
    rmSync(folder, { recursive: true });
  });
});
