import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request, type Dispatcher } from 'undici';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { startProxy, type TestProxy } from '../support/proxy.js';

/** Of somebody else: whatever is sent there is in his logs. */
const strangers = 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com';
const own = 'sqs.eu-central-1.amazonaws.com';
const token = randomBytes(300).toString('base64');
let origin: Origin;
let proxy: TestProxy;
let agent: Dispatcher;

beforeAll(async () => {
  const authority = testAuthority();
  origin = await startOrigin(authority, [strangers, own], (incoming, response) => {
    incoming.resume().once('end', () => response.end('{}'));
  });
  // As `run` has it: hosts, regions and services are what the program says.
  proxy = await startProxy({
    authority,
    origins: { [`${strangers}:443`]: origin.port, [`${own}:443`]: origin.port },
    environment: { ID: `ASIA${randomBytes(8).toString('hex')}`, KEY: randomBytes(30).toString('base64'), TOKEN: token },
    yaml: `
secrets:
  id: { from: env, name: ID, hosts: ["*.amazonaws.com"], unsafe_shared_suffix: true, placeholder: "AKIA<32 hex>" }
  key: { from: env, name: KEY, hosts: ["*.amazonaws.com"], unsafe_shared_suffix: true }
  token: { from: env, name: TOKEN, hosts: ["*.amazonaws.com"], unsafe_shared_suffix: true }
policies:
  - name: aws
    hosts: ["*.amazonaws.com"]
    unsafe_shared_suffix: true
    inject:
      - { sign: sigv4, mode: substitute, access_key_id: id, secret_access_key: key, session_token: token }
`,
  });
  agent = proxy.agent();
});
afterAll(async () => {
  await agent.close();
  await proxy.close();
  await origin.close();
});

async function ask(
  host: string,
  service: string,
  method: 'GET' | 'POST' = 'POST',
): Promise<{ status: number; text: string }> {
  const scope = `20261128/eu-central-1/${service}/aws4_request`;
  const credential = `${proxy.placeholders.of('desk', 'id')!}/${scope}`;
  const answered = await request(`https://${host}/`, {
    dispatcher: agent,
    method,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
      'x-amz-date': '20261128T000000Z',
      'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: method === 'POST' ? 'Action=CreateAccessKey&Version=2010-05-08' : null,
  });
  return { status: answered.statusCode, text: await answered.body.text() };
}

describe('a host that anyone may have gets no signature', () => {
  it.each<[service: string, method: 'GET' | 'POST']>([
    ['iam', 'POST'],
    ['sts', 'POST'],
    ['s3', 'GET'],
    ['secretsmanager', 'POST'],
    ['rolesanywhere', 'POST'],
    ['awsssoportal', 'GET'],
    ['execute-api', 'GET'],
  ])('for the service %s, whose host it is not (%s)', async (service, method) => {
    const before = origin.seen.length;
    const { status, text } = await ask(strangers, service, method);
    expect([status, JSON.parse(text)]).toMatchObject([expect.any(Number), { error: { code: 'unsignable' } }]);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(origin.seen).toHaveLength(before);
    expect(text).not.toContain('amazonaws');
  });

  it('as does none of AWS that is named after another service: calls that make credentials have no second way', async () => {
    const before = origin.seen.length;
    expect((await ask(own, 'iam')).text).toContain('unsignable');
    expect((await ask(own, 'sts')).text).toContain('unsignable');
    expect(origin.seen).toHaveLength(before);
  });

  it('but for its own service', async () => {
    expect((await ask(own, 'sqs')).status).toBe(200);
    const [first] = origin.seen.slice(-1);
    expect(first!.rawHeaders).toContain(token);
    expect(first!.rawHeaders.join()).toContain('/eu-central-1/sqs/aws4_request');
  });
});
