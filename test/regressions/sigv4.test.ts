import { randomBytes } from 'node:crypto';
import { createSecureServer, type ClientHttp2Session, type Http2SecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { request, type Dispatcher } from 'undici';
import { cut, hashOf, crc32Of, signedChunks } from '../inject/sigv4/signing.js';
import { verify, type Arrived } from '../inject/sigv4/verifier.js';
import { serverCertificate, testAuthority } from '../support/certificates.js';
import { answerOf, openHttp2 } from '../support/http2-caller.js';
import { startProxy, type TestProxy } from '../support/proxy.js';

const [bucket, api] = ['files.s3.eu-central-1.amazonaws.com', 'sqs.eu-central-1.amazonaws.com'];
const keys = {
  id: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
  secret: randomBytes(30).toString('base64'),
  token: randomBytes(300).toString('base64'),
};
const zero = '0'.repeat(64);
const content = randomBytes(300_000);
let server: Http2SecureServer;
let proxy: TestProxy;
let agent: Dispatcher;
/** Every request that has arrived whole. */
const arrived: (Arrived & { version: string })[] = [];
let begun = 0;
let answer: (request: Arrived) => string;

beforeAll(async () => {
  const authority = testAuthority();
  // It speaks both versions, the one that the caller speaks.
  server = createSecureServer(
    { ...serverCertificate(authority, [bucket, api]), allowHTTP1: true },
    (incoming, response) => {
      begun += 1;
      incoming.on('error', () => undefined);
      buffer(incoming).then(
        (body) => {
          const rawHeaders = incoming.rawHeaders.flatMap((text, at, all) =>
            at % 2 === 1 || (text.startsWith(':') && text !== ':authority')
              ? []
              : [text === ':authority' ? 'host' : text, all[at + 1] ?? ''],
          );
          const one = { method: incoming.method, url: incoming.url, rawHeaders, body, version: incoming.httpVersion };
          arrived.push(one);
          response.writeHead(200, { 'content-type': 'application/json' }).end(answer(one));
        },
        () => undefined,
      );
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  proxy = await startProxy({
    authority,
    origins: { [`${bucket}:443`]: port, [`${api}:443`]: port },
    environment: { ID: keys.id, KEY: keys.secret, TOKEN: keys.token },
    yaml: `
secrets:
  id: { from: env, name: ID, hosts: [${bucket}, ${api}], placeholder: "AKIA<32 hex>" }
  key: { from: env, name: KEY, hosts: [${bucket}, ${api}] }
  token: { from: env, name: TOKEN, hosts: [${bucket}, ${api}] }
policies:
  - name: files
    hosts: [${bucket}, ${api}]
    inject:
      - sign: sigv4
        mode: substitute
        access_key_id: id
        secret_access_key: key
        session_token: token
        regions: [eu-central-1]
        services: [s3, sqs]
limits: { held_body: 64KiB, drain_timeout: 300ms }
`,
  });
  agent = proxy.agent();
});
beforeEach(() => {
  arrived.length = 0;
  begun = 0;
  answer = () => '{}';
});
afterAll(async () => {
  await agent.close();
  await proxy.close();
  server.close();
});

const placeholder = (secret = 'id'): string => proxy.placeholders.of('desk', secret)!;
const authorization = (scope = 'eu-central-1/s3', names = 'host;x-amz-content-sha256;x-amz-date', id = placeholder()) =>
  `AWS4-HMAC-SHA256 Credential=${id}/20261128/${scope}/aws4_request, SignedHeaders=${names}, Signature=${zero}`;
const sent = (more: Record<string, string> = {}): Record<string, string> => ({
  authorization: authorization(),
  'x-amz-date': '20261128T000000Z',
  'x-amz-security-token': placeholder('token'),
  'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
  ...more,
});

const withoutHash = (): Record<string, string> =>
  Object.fromEntries(Object.entries(sent()).filter(([name]) => name !== 'x-amz-content-sha256'));

async function ask(
  headers: Record<string, string>,
  more: { body?: Readable | Buffer | string; path?: string; host?: string; method?: string } = {},
): Promise<{ status: number; text: string }> {
  const { body, path = '/key', host = bucket, method = body === undefined ? 'GET' : 'PUT' } = more;
  const answered = await request(`https://${host}${path}`, {
    dispatcher: agent,
    method: method as 'GET',
    headers,
    body: body ?? null,
  });
  return { status: answered.statusCode, text: await answered.body.text() };
}

const codeOf = ({ text }: { text: string }): string => (JSON.parse(text) as { error: { code: string } }).error.code;
const chunked = (length: number, trailer = false): Record<string, string> =>
  sent({
    'x-amz-content-sha256': `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailer ? '-TRAILER' : ''}`,
    'x-amz-decoded-content-length': String(length),
    'content-encoding': 'aws-chunked',
    ...(trailer && { 'x-amz-trailer': 'x-amz-checksum-crc32' }),
  });

describe('a request with placeholders that does not leave', () => {
  it.each([
    ['signed for another region', () => sent({ authorization: authorization('us-east-1/s3') }), 'unsignable'],
    ['signed for another service', () => sent({ authorization: authorization('eu-central-1/iam') }), 'unsignable'],
    [
      'of the old way to sign',
      () => sent({ authorization: `AWS ${placeholder()}:c2lnbmF0dXJl` }),
      'placeholder_misplaced',
    ],
    ['with the placeholder somewhere else too', () => sent({ 'x-amz-meta-a': placeholder() }), 'placeholder_misplaced'],
    [
      'with the placeholder of the key as its ID',
      () => sent({ authorization: authorization(undefined, undefined, placeholder('key')) }),
      'placeholder_misplaced',
    ],
  ])('one %s', async (_, headers, code) => {
    const answered = await ask(headers());
    expect([answered.status, codeOf(answered)]).toEqual([403, code]);
    expect(begun).toBe(0);
    expect(answered.text).not.toMatch(/region|service/);
  });

  it('one of a service that needs its body in memory, where that is too large', async () => {
    const headers = { ...withoutHash(), authorization: authorization('eu-central-1/sqs') };
    const answered = await ask(headers, { host: api, body: Buffer.alloc(65_537), method: 'POST' });
    expect([answered.status, codeOf(answered), begun]).toEqual([413, 'body_too_large', 0]);
  });

  it.each([
    ['longer', 2, signedChunks(content.subarray(0, 3))],
    ['shorter', 4, signedChunks(content.subarray(0, 3))],
    ['endless', 3, Buffer.concat([signedChunks(content.subarray(0, 3)).subarray(0, -1), Buffer.alloc(400, 'a')])],
  ])('one whose chunks are %s than it says: it never arrives whole', async (_, length, body) => {
    const { status } = await ask(chunked(length), { body });
    expect(status).toBe(400);
    expect(arrived).toEqual([]);
  });
});

describe('a request with placeholders is signed with the real keys', () => {
  it('a body that streams by, out of its chunks', async () => {
    const body = signedChunks(content);
    for (const one of [body, Readable.from(cut(body, 10_000))]) await ask(chunked(content.length), { body: one });
    expect(arrived).toHaveLength(2);
    for (const one of arrived) {
      expect(verify(one, keys).content.equals(content)).toBe(true);
      expect(one.rawHeaders.map((text) => text.toLowerCase())).not.toContain('transfer-encoding');
    }
  });

  it('a body with a checksum behind it, of a known length and of none', async () => {
    const body = signedChunks(content, { trailer: ['x-amz-checksum-crc32', crc32Of(content)] });
    for (const one of [body, Readable.from(cut(body, 10_000))]) await ask(chunked(content.length, true), { body: one });
    expect(arrived.map((one) => verify(one, keys).content.equals(content))).toEqual([true, true]);
  });

  it('a body that is hashed here', async () => {
    const headers = {
      ...withoutHash(),
      authorization: authorization('eu-central-1/sqs', 'content-type;host;x-amz-date'),
      'content-type': 'a/b',
    };
    await ask(headers, { host: api, method: 'POST', path: '/', body: 'Action=ListQueues' });
    expect(verify(arrived[0]!, keys)).toMatchObject({ service: 'sqs', content: Buffer.from('Action=ListQueues') });
  });

  it('and with the headers as they go out, which the proxy has written in part', async () => {
    const names = 'accept-encoding;host;range;user-agent;x-amz-content-sha256;x-amz-date';
    const headers = sent({
      authorization: authorization(undefined, names),
      'accept-encoding': 'gzip, zstd',
      range: 'bytes=0-1,3-4',
    });
    await ask(headers);
    expect(verify(arrived[0]!, keys).signedHeaders).toContain('accept-encoding');
  });

  it('by HTTP/2 from end to end', async () => {
    const session: ClientHttp2Session = await openHttp2(proxy, `${bucket}:443`);
    const put = session.request({ ':method': 'PUT', ':path': '/a%20b?x=1', ...chunked(content.length) });
    put.end(signedChunks(content));
    expect((await answerOf(put)).status).toBe(200);
    session.destroy();
    expect(arrived[0]?.version).toBe('2.0');
    expect(verify(arrived[0]!, keys).content.equals(content)).toBe(true);
  });

  it('with a presigned URL, and one of other keys passes as it is', async () => {
    const query = (id: string): string =>
      `/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${id}%2F20261128%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Date=20261128T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=${zero}`;
    const own = query('AKIAIOSFODNN7EXAMPLE');
    await ask({}, { path: query(placeholder()) });
    await ask({}, { path: own });
    expect(arrived.map(({ url }) => url)).toEqual(['/key', own]);
    verify(arrived[0]!, keys);
  });
});

describe('what a destination repeats of it', () => {
  const spellings: [string, (text: string) => string][] = [
    ['as it is', (text) => text],
    ['percent-encoded', encodeURIComponent],
    ['in JSON, escaped', (text) => text.replaceAll('/', '\\/').replaceAll('+', '\\u002b')],
    ['in base64', (text) => Buffer.from(`x${text}`).toString('base64')],
  ];
  it.each(spellings)('comes back masked: token, key ID and signature %s', async (_, spelled) => {
    const shown = (one: Arrived): string[] => {
      const [, signature = ''] = /Signature=([0-9a-f]{64})/.exec(one.rawHeaders.join('\n')) ?? [];
      return [keys.token, keys.id, signature].map(spelled);
    };
    answer = (one) => JSON.stringify({ StringToSign: shown(one) }).replaceAll('\\\\', '\\');
    const { text } = await ask(sent());
    for (const part of shown(arrived[0]!)) expect(text).not.toContain(part.slice(4, -4));
    expect(text).toContain('****');
  });

  it('has nothing of the secret key in it, which was never sent', async () => {
    await ask(sent({ 'x-amz-content-sha256': hashOf('') }));
    expect(JSON.stringify(arrived)).not.toContain(keys.secret.slice(1, -1));
    expect(proxy.written()).not.toContain(keys.token.slice(0, 20));
  });
});
