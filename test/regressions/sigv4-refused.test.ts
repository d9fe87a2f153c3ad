import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { request, type Dispatcher } from 'undici';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { startProxy, type TestProxy } from '../support/proxy.js';

const host = 'dynamodb.eu-central-1.amazonaws.com';
const authority = testAuthority();
let origin: Origin;
let proxy: TestProxy;
let agent: Dispatcher;
let respond: (response: ServerResponse) => void;

const keys = (): { access_key_id: string; secret_access_key: string } => ({
  access_key_id: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
  secret_access_key: randomBytes(30).toString('base64'),
});
let [old, current] = [keys(), keys()];
const write = (value: object): void =>
  writeFileSync(join(proxy.folder, 'keys.json'), JSON.stringify(value), { mode: 0o600 });

beforeEach(async () => {
  [old, current] = [keys(), keys()];
  respond = (response) => response.end('{}');
  origin = await startOrigin(authority, [host], (incoming, response) => {
    incoming.resume().once('end', () => respond(response));
  });
  proxy = await startProxy({
    authority,
    origins: { [`${host}:443`]: origin.port },
    environment: { PATH: process.env['PATH'] ?? '' },
    // Kept for five minutes, as what has a lifetime is.
    yaml: `
secrets:
  aws: { from: exec, format: json, command: [sh, -c, "cat keys.json; echo x >> runs"], hosts: [${host}], placeholder: "AKIA<32 hex>" }
policies: [{ name: aws, hosts: [${host}], inject: [{ sign: sigv4, mode: substitute, secret: aws }] }]
`,
  });
  write(old);
  agent = proxy.agent();
});
afterEach(async () => {
  await agent.close();
  await proxy.close();
  await origin.close();
});

async function ask(method: 'POST' | 'HEAD' = 'POST'): Promise<{ status: number; text: string; signedWith: string }> {
  const credential = `${proxy.placeholders.of('desk', 'aws')!}/20261128/eu-central-1/dynamodb/aws4_request`;
  const answered = await request(`https://${host}/`, {
    dispatcher: agent,
    method,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
      'x-amz-date': '20261128T000000Z',
      'accept-encoding': 'gzip',
    },
    body: method === 'POST' ? '{}' : null,
  });
  const text = Buffer.from(await answered.body.arrayBuffer()).toString('latin1');
  const [, signedWith = ''] = /Credential=(\w+)\//.exec(origin.seen.at(-1)?.rawHeaders.join(' ') ?? '') ?? [];
  return { status: answered.statusCode, text, signedWith };
}

/** The keys that requests are signed with once a renewal that has begun is over; those of before where there is none in five seconds. */
async function keysAfter(): Promise<string> {
  respond = (response) => response.end('{}');
  for (const end = Date.now() + 15_000; Date.now() < end;) {
    const { signedWith } = await ask();
    if (signedWith !== old.access_key_id) return signedWith;
  }
  return old.access_key_id;
}

const runs = (): number => {
  const file = join(proxy.folder, 'runs');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
};
const answering =
  (status: number, headers: Record<string, string>, body: string | Buffer) => (response: ServerResponse) => {
    response.writeHead(status, headers).end(body);
  };
const json = { 'content-type': 'application/x-amz-json-1.0' };
const xml = (code: string): string =>
  `<?xml version="1.0"?>\n<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>m</Message></Error></ErrorResponse>`;
const type = (code: string): string => JSON.stringify({ __type: `com.amazon.coral.service#${code}`, message: 'm' });
const cbor = (code: string): Buffer =>
  Buffer.concat([Buffer.of(0xa1, 0x66), Buffer.from('__type'), Buffer.of(0x78, code.length), Buffer.from(code)]);
/** Of which the beginning alone is looked at. */
const filler = 'x'.repeat(300_000);

describe('an answer of AWS that does not say that the keys are over', () => {
  it('changes nothing: another code, another status, a code that a body only speaks of or has far behind', async () => {
    const answers: [number, Record<string, string>, string][] = [
      [400, json, type('ValidationException')],
      [403, {}, xml('AccessDenied')],
      [403, {}, xml('SignatureDoesNotMatch')],
      [400, {}, xml('ExpiredTokenOfMine')],
      [400, json, JSON.stringify({ __type: 'ValidationException', message: 'no ExpiredToken' })],
      [404, {}, xml('ExpiredToken')],
      [200, { 'x-amzn-errortype': 'ExpiredTokenException' }, type('ExpiredTokenException')],
      [400, json, filler + xml('ExpiredToken')],
      [400, { 'x-amzn-errortype': 'ValidationException' }, '{}'],
    ];
    for (const [status, headers, body] of answers) {
      respond = answering(status, headers, body);
      expect(await ask()).toMatchObject({ status, text: body, signedWith: old.access_key_id });
    }
    expect(runs()).toBe(1);
    // Had one of them been taken for a refusal, this one would not be asked about for a minute.
    write(current);
    respond = answering(400, json, type('ExpiredTokenException'));
    await ask();
    expect(await keysAfter()).toBe(current.access_key_id);
    expect(runs()).toBe(2);
  });
});

describe('an answer of AWS that says that the keys are over', () => {
  it.each<[string, number, Record<string, string>, string | Buffer]>([
    ['in a header', 400, { 'x-amzn-errortype': 'ExpiredTokenException:http://internal.amazon.com/' }, '{}'],
    ['in a header of a service that spoke Query', 403, { 'x-amzn-query-error': 'InvalidClientTokenId;Sender' }, '{}'],
    ['in JSON', 400, json, type('UnrecognizedClientException')],
    ['in JSON, without a namespace', 400, json, '{ "message": "m", "__type" : "ExpiredTokenException" }'],
    ['in XML', 403, { 'content-type': 'text/xml' }, xml('InvalidClientTokenId')],
    ['in XML of S3', 400, { 'content-type': 'application/xml' }, xml('ExpiredToken')],
    ['in CBOR', 400, { 'content-type': 'application/cbor' }, cbor('com.amazonaws#ExpiredTokenException')],
    ['in a coding', 400, { ...json, 'content-encoding': 'gzip' }, gzipSync(type('ExpiredTokenException'))],
    ['before a long body', 403, json, type('ExpiredTokenException') + filler],
  ])('goes on as it is, and has the next requests signed with new ones: %s', async (_, status, headers, body) => {
    expect((await ask()).signedWith).toBe(old.access_key_id);
    write(current);
    respond = answering(status, headers, body);
    const told = { status, text: Buffer.from(body).toString('latin1'), signedWith: old.access_key_id };
    expect(await ask()).toMatchObject(told);
    expect(await keysAfter()).toBe(current.access_key_id);
    expect(runs()).toBe(2);
    for (const { access_key_id, secret_access_key } of [old, current])
      for (const value of [access_key_id, secret_access_key]) expect(proxy.written()).not.toContain(value);
  });

  it('also to HEAD, where a header says it', async () => {
    await ask();
    write(current);
    respond = answering(400, { 'x-amzn-errortype': 'ExpiredTokenException' }, '');
    expect(await ask('HEAD')).toMatchObject({ status: 400, text: '' });
    expect(await keysAfter()).toBe(current.access_key_id);
  });

  it('costs one renewal a minute, however often it comes', async () => {
    respond = answering(400, json, type('ExpiredTokenException'));
    // The first one begins it, and it may take a while.
    for (const end = Date.now() + 15_000; runs() < 2 && Date.now() < end;) await ask();
    write(current);
    for (let times = 0; times < 20; times += 1) expect((await ask()).signedWith).toBe(old.access_key_id);
    expect(runs()).toBe(2);
  });
});
