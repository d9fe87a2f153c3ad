import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { answerOf, openHttp2 } from '../support/http2-caller.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { generatedSecret, startProxy, type TestProxy } from '../support/proxy.js';

const sts = 'sts.eu-central-1.amazonaws.com';
const iam = 'iam.amazonaws.com';
const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const caller = 'Action=GetCallerIdentity&Version=2011-06-15';
let origin: Origin;
let proxy: TestProxy;

beforeAll(async () => {
  const authority = testAuthority();
  origin = await startOrigin(authority, [sts, iam]);
  proxy = await startProxy({
    authority,
    origins: { [`${sts}:443`]: origin.port, [`${iam}:443`]: origin.port },
    environment: { ID: 'AKIAIOSFODNN7EXAMPLE', KEY: generatedSecret() },
    yaml: `
secrets:
  id: { from: env, name: ID, hosts: [${sts}, ${iam}] }
  key: { from: env, name: KEY, hosts: [${sts}, ${iam}] }
policies:
  - name: aws
    hosts: [${sts}, ${iam}]
    inject: [{ sign: sigv4, access_key_id: id, secret_access_key: key, regions: [eu-central-1], services: [sts] }]
`,
  });
});
afterAll(async () => {
  await proxy.close();
  await origin.close();
});

async function asked(body: string | null, request: object = {}, host = sts): Promise<string> {
  const agent = proxy.agent();
  const answer = await agent.request({
    origin: `https://${host}`,
    method: 'POST',
    path: '/',
    headers: { ...form },
    body,
    ...request,
  });
  const text = await answer.body.text();
  await agent.close();
  return answer.statusCode === 200 ? 'allowed' : (JSON.parse(text) as { error: { code: string } }).error.code;
}

describe('a request to STS or IAM, whose action stands in its content', () => {
  it.each([
    ['for a session', 'Action=GetSessionToken&Version=2011-06-15', {}],
    ['for a role', 'Action=AssumeRole&Version=2011-06-15&RoleArn=a', {}],
    ['for two things', `${caller}&Action=AssumeRole`, {}],
    ['for another thing in its query', caller, { path: '/?Action=AssumeRole' }],
    ['at another path', caller, { path: '//' }],
    ['for another thing in a header', caller, { headers: { ...form, 'x-amz-target': 'STS.AssumeRole' } }],
    ['in JSON', '{"Action":"GetCallerIdentity"}', { headers: { 'content-type': 'application/json' } }],
    ['without content', null, {}],
    ['by PUT', caller, { method: 'PUT' }],
    ['by GET', null, { method: 'GET', path: `/?${caller}` }],
    ['for more than is looked at', `${caller}&A=${'a'.repeat(20_000_000)}`, {}],
  ])('is refused %s, and nothing leaves', async (what, body, request) => {
    const before = origin.seen.length;
    expect(await asked(body, request)).toBe(what.includes('more') ? 'body_too_large' : 'denied');
    expect(origin.seen).toHaveLength(before);
  });

  it('is refused at IAM where it makes keys, and by what is harmless at STS alone', async () => {
    expect(await asked('Action=CreateAccessKey&Version=2010-05-08', {}, iam)).toBe('denied');
    expect(await asked(caller, {}, iam)).toBe('denied');
    expect(proxy.reports.at(-1)?.refusal.hint).toBe(
      'The deny rule "catalogue aws/iam" forbids it. It would make new credentials (users, roles and access keys): `unsafe_minting: [aws/iam]` in the configuration allows that. A POST of a form that names an action which only reads is let through: see docs/services.md.',
    );
  });

  it('goes through, signed and as it was, where it asks who the caller is', async () => {
    expect(await asked(caller)).toBe('allowed');
    const { method, url, body, rawHeaders = [] } = origin.seen.at(-1) ?? {};
    expect([method, url, String(body)]).toEqual(['POST', '/', caller]);
    expect(rawHeaders.join()).toMatch(/AWS4-HMAC-SHA256 Credential=AKIA\w+\/\d+\/eu-central-1\/sts\//);
  });

  it('goes through in pieces too, and where it only reads in IAM', async () => {
    const pieces = async function* () {
      for (const piece of caller) yield await Promise.resolve(Buffer.from(piece));
    };
    expect(await asked(pieces() as never)).toBe('allowed');
    expect(await asked('Action=GetUser&Version=2010-05-08', {}, iam)).toBe('allowed');
  });

  it('is told apart by HTTP/2 too', async () => {
    const session = await openHttp2(proxy, `${sts}:443`);
    const tried = async (body: string) => {
      const stream = session.request({ ':method': 'POST', ':path': '/', ...form });
      const answer = answerOf(stream);
      stream.end(body);
      return (await answer).status;
    };
    expect([await tried('Action=AssumeRole&Version=2011-06-15'), await tried(caller)]).toEqual([403, 200]);
    session.close();
  });
});
