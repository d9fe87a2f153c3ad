import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { BackendHandler } from '../backend-server.js';
import { fetchContext, whyUnavailable } from '../context.js';
import { urns, type FakeOauth } from '../fakes/oauth.js';
import { byBasic, clientSecret, closeAll, startFake, valueOf } from './fake-server.js';
import { makeOauth, newSecret, sealedAll } from './make.js';

afterEach(closeAll);

describe('a token is asked for', () => {
  it('with scope, resources, audiences and more parameters', async () => {
    const { fake, ask } = await startFake(byBasic);
    await ask({
      client_secret: 'client',
      scope: 'a b',
      resource: ['https://a.example', 'https://b.example'],
      audience: ['api'],
      parameters: { tenant: 't 1' },
    });
    expect([...fake.asked]).toEqual([
      ['tenant', 't 1'],
      ['scope', 'a b'],
      ['resource', 'https://a.example'],
      ['resource', 'https://b.example'],
      ['audience', 'api'],
      ['grant_type', 'client_credentials'],
    ]);
  });

  const exchange = { client_secret: 'client', grant: 'token_exchange', subject_token: 'subject' };
  it('in exchange for another', async () => {
    const [subject, actor] = [newSecret(), newSecret()];
    const { fake, ask } = await startFake({ ...byBasic, subjects: [subject], actors: [actor] });
    const options = { ...exchange, actor_token: 'actor', requested_token_type: 'access_token' };
    expect(await valueOf(ask(options, { subject, actor }))).toBe(fake.access(`exchange ${subject}`));
    expect(fake.asked.get('requested_token_type')).toBe(urns.accessToken);
    const why = await whyUnavailable(ask(options, { subject: newSecret(), actor }));
    expect(why).toContain('invalid_grant');
  });

  it('in exchange for another, whose type may be N_A, but has to be told and be the one asked for', async () => {
    const subject = newSecret();
    const terms = { ...byBasic, subjects: [subject] };
    const { fake, ask } = await startFake({ ...terms, answer: { token_type: 'N_A' } });
    expect(await valueOf(ask(exchange, { subject }))).toBe(fake.access(`exchange ${subject}`));
    fake.terms = { ...terms, answer: { issued_token_type: undefined } };
    expect(await whyUnavailable(ask(exchange, { subject }))).toContain('no issued_token_type');
    fake.terms = terms;
    const other = ask({ ...exchange, requested_token_type: 'jwt' }, { subject });
    expect(await whyUnavailable(other)).toContain('another type of token');
  });

  it('by an assertion that we sign', async () => {
    const { publicKey: assertionKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const assertionAudience = (): string => 'https://id.example';
    const { fake, ask } = await startFake({ ...byBasic, assertionKey, assertionAudience });
    const options = {
      client_secret: 'client',
      grant: 'jwt_bearer',
      assertion_key: 'signer',
      assertion_issuer: 'robot',
      assertion_subject: 'someone',
      assertion_claims: { scope: 'read' },
      issuer: 'https://id.example',
    };
    const signer = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(await valueOf(ask(options, { signer }))).toBe(fake.access('assertion someone'));
    const claims = decodeJwt(fake.asked.get('assertion') ?? '');
    expect(claims).toMatchObject({ iss: 'robot', sub: 'someone', scope: 'read' });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(300);
  });

  it('where the metadata of the issuer say', async () => {
    let place = '/.well-known/oauth-authorization-server/tenant';
    const metadata = (it: FakeOauth) => {
      const handler: BackendHandler = (request) =>
        request.path === place
          ? { status: 200, body: { issuer: issuer(), token_endpoint: endpoint() } }
          : it.handler(request);
      return handler;
    };
    const { server, fake, ask } = await startFake(byBasic, undefined, metadata);
    let issuer = (): string => `${server.address}/tenant`;
    let endpoint = (): unknown => `${server.address}/oauth/token`;
    const options = { token_url: undefined, issuer: `${server.address}/tenant`, client_secret: 'client' };
    expect(await valueOf(ask(options))).toBe(fake.access('client '));
    place = '/tenant/.well-known/openid-configuration';
    expect(await valueOf(ask(options))).toBe(fake.access('client '));
    place = '/elsewhere';
    expect(await whyUnavailable(ask(options))).toContain('answered with status 404 when asked for its metadata');
    place = '/.well-known/oauth-authorization-server/tenant';
    const sent = server.requests.length;
    issuer = () => 'https://other.example';
    expect(await whyUnavailable(ask(options))).toMatch(
      /\(OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED\): issuer has to be spelled as the server spells it/,
    );
    issuer = () => `${server.address}/tenant`;
    for (const [url, why] of [
      ['http://localhost/oauth/token', 'in cleartext'],
      ['https://u:p@localhost/', 'no token endpoint that can be used'],
      ['file:///etc/passwd', 'no token endpoint that can be used'],
      [7, 'no token endpoint that can be used'],
      [undefined, 'no token endpoint that can be used'],
    ] as const) {
      endpoint = () => url;
      expect(await whyUnavailable(ask(options))).toContain(why);
    }
    expect(server.requests.slice(sent).filter(({ method }) => method === 'POST')).toEqual([]);
  });
});

describe('a token is given back', () => {
  it('where there is a place for it, and its lease is named by a digest', async () => {
    const { server, fake, ask } = await startFake(byBasic);
    const options = { client_secret: 'client', revocation_url: `${server.address}/oauth/revoke` };
    const { lease, version } = await ask(options);
    expect(lease?.id).toBe(version);
    expect(lease?.id).not.toContain(fake.access('client '));
    await lease?.revoke?.(AbortSignal.timeout(5000));
    expect(fake.revoked).toEqual([fake.access('client ')]);
    expect(fake.asked.get('token_type_hint')).toBe('access_token');
    server.fault = 'status 503';
    expect(await whyUnavailable(lease!.revoke!(AbortSignal.timeout(5000)))).toContain('status 503');
    server.fault = undefined;
    expect((await ask({ client_secret: 'client' })).lease).toBeUndefined();
  });

  it('once, however often the server gives out the same one, and not while it is used', async () => {
    const { server, fake } = await startFake(byBasic);
    const { source, close } = makeOauth({
      token_url: `${server.address}/oauth/token`,
      revocation_url: `${server.address}/oauth/revoke`,
      ca_file: server.caFile,
      client_secret: 'client',
    });
    const context = fetchContext({ secrets: sealedAll({ client: clientSecret }) });
    const [one, two] = [await source.fetch(context), await source.fetch(context)];
    expect(two.lease).toBe(one.lease);
    fake.terms = { ...byBasic, answer: { access_token: newSecret().replaceAll(' ', '') } };
    expect((await source.fetch(context)).lease?.id).not.toBe(one.lease?.id);
    await close();
  });
});
