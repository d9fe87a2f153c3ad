import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { request, type Dispatcher } from 'undici';
import { hashOf } from '../inject/sigv4/signing.js';
import { startProxy, type TestProxy } from '../support/proxy.js';
import { motoServer, region, startMoto, type Keys, type Moto } from './moto.js';
import { has } from '../support/run.js';

jest.setTimeout(60_000);

const hosts = ['sts', 's3', 'secretsmanager'].map((service) => `${service}.${region}.amazonaws.com`);
let moto: Moto;
let folder: string;
let good: TestProxy;
let bad: TestProxy;
const agents: Dispatcher[] = [];
const here = has(motoServer, '--help');

async function userOf(name: string): Promise<Keys> {
  const nobody = { id: 'AKIAAAAAAAAAAAAAAAAA', secret: 'none' };
  const iam = (action: string, more: Record<string, string>): Promise<string> =>
    moto.ask(
      'iam',
      new URLSearchParams({ Action: action, Version: '2010-05-08', UserName: name, ...more }).toString(),
      nobody,
    );
  const document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
  await iam('CreateUser', {});
  await iam('PutUserPolicy', { PolicyName: 'own', PolicyDocument: document });
  const xml = await iam('CreateAccessKey', {});
  const part = (element: string): string => new RegExp(`<${element}>([^<]+)<`).exec(xml)![1]!;
  return { id: part('AccessKeyId'), secret: part('SecretAccessKey') };
}

/** moto speaks no TLS. */
function proxyWith({ id, secret }: Keys): Promise<TestProxy> {
  const { port } = new URL(moto.address);
  return startProxy({
    origins: Object.fromEntries(hosts.map((host) => [`${host}:80`, Number(port)])),
    environment: { ID: id, KEY: secret },
    // STS is of those that make credentials.
    yaml: `
unsafe_minting: [aws]
secrets:
  id: { from: env, name: ID, hosts: [${hosts.map((host) => `"${host}:80"`).join()}], placeholder: "AKIA<32 hex>" }
  key: { from: env, name: KEY, hosts: [${hosts.map((host) => `"${host}:80"`).join()}] }
policies:
  - name: aws
    hosts: [${hosts.map((host) => `"${host}:80"`).join()}]
    unsafe_cleartext: true
    inject: [{ sign: sigv4, mode: substitute, access_key_id: id, secret_access_key: key }]
`,
  });
}

beforeAll(async () => {
  if (!here) return;
  folder = mkdtempSync(join(tmpdir(), 'keywright-moto-'));
  moto = await startMoto(folder);
  const keys = await userOf('agent');
  good = await proxyWith(keys);
  bad = await proxyWith({ ...keys, secret: `${keys.secret.slice(0, -1)}_` });
  agents.push(good.agent(), bad.agent());
  await moto.check(true);
});
afterAll(async () => {
  if (!here) return;
  for (const agent of agents) await agent.close();
  for (const proxy of [good, bad]) await proxy.close();
  await moto.close();
  rmSync(folder, { recursive: true });
});

async function ask(
  service: string,
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  {
    body,
    headers = {},
    with: proxy = good,
  }: { body?: string; headers?: Record<string, string>; with?: TestProxy } = {},
): Promise<{ status: number; text: string }> {
  const names = ['host', 'x-amz-date', ...Object.keys(headers)].sort().join(';');
  const credential = `${proxy.placeholders.of('desk', 'id')!}/20261128/${region}/${service}/aws4_request`;
  const answer = await request(`http://${service}.${region}.amazonaws.com${path}`, {
    method,
    dispatcher: agents[proxy === good ? 0 : 1]!,
    body: body ?? null,
    headers: {
      ...headers,
      'x-amz-date': '20261128T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${'0'.repeat(64)}`,
    },
  });
  return { status: answer.statusCode, text: await answer.body.text() };
}

(here ? describe : describe.skip)('moto, which checks signatures as botocore makes them,', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const identity = { body: 'Action=GetCallerIdentity&Version=2011-06-15', headers: form };

  it('refuses what is signed with another key', async () => {
    expect((await ask('sts', 'POST', '/', { ...identity, with: bad })).status).toBe(403);
  });

  it('lets in a form of STS', async () => {
    const { status, text } = await ask('sts', 'POST', '/', identity);
    expect([status, text]).toEqual([200, expect.stringContaining(':user/agent')]);
  });

  it('lets in the JSON of Secrets Manager', async () => {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.CreateSecret' };
    const token = '1'.repeat(32);
    const body = JSON.stringify({ Name: 'a', SecretString: 'b', ClientRequestToken: token });
    expect(await ask('secretsmanager', 'POST', '/', { body, headers })).toMatchObject({ status: 200 });
  });

  it('lets in buckets, objects, lists and names that have to be encoded', async () => {
    const hashed = (body = ''): { body?: string; headers: Record<string, string> } => ({
      ...(body !== '' && { body }),
      headers: { 'x-amz-content-sha256': hashOf(body) },
    });
    const location = `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
    // Before 5.2.5 moto itself encodes them twice: a newer one is what the checks install.
    const name = process.env['KEYWRIGHT_TEST_MOTO'] === undefined ? 'a.txt' : "a%20(1)!'%2B.txt";
    const asked = [
      await ask('s3', 'PUT', '/files', hashed(location)),
      await ask('s3', 'PUT', `/files/${name}`, hashed('content')),
      await ask('s3', 'GET', `/files/${name}`, hashed()),
      await ask('s3', 'GET', '/files?list-type=2&prefix=a', hashed()),
    ];
    expect(asked.map(({ status, text }) => (status === 200 ? 200 : text))).toEqual([200, 200, 200, 200]);
    expect(asked[2]?.text).toBe('content');
    expect(asked[3]?.text).toContain('<Key>a');
  });
});
