import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createSecureServer, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { fetch } from 'undici';
import { serverCertificate, testAuthority } from '../support/certificates.js';
import { answerOf, openHttp2 } from '../support/http2-caller.js';
import { generatedSecret, startProxy, type TestProxy } from '../support/proxy.js';

const host = 'api.example.com';
const authority = testAuthority();
/** With characters that each kind of body writes in another way. */
const odd = (): string => `${generatedSecret()}"<&>' +%\\`;
let [secret, next] = [odd(), odd()];
let proxy: TestProxy;
let dispatcher: ReturnType<TestProxy['agent']>;
let session: Awaited<ReturnType<typeof openHttp2>>;
let placeholder = '';
let arrived: { headers: IncomingHttpHeaders; body: string }[] = [];
let accepts = (body: string): boolean => body !== '';

/** Repeats what it was sent in every way that a service may. */
const echoes: Readonly<Record<string, (body: string) => readonly [type: string, text: string]>> = {
  raw: (body) => ['text/plain', body],
  json: (body) => ['application/json', JSON.stringify({ error: `cannot read ${body}` })],
  form: (body) => ['application/x-www-form-urlencoded', new URLSearchParams({ body }).toString()],
  percent: (body) => ['text/plain', encodeURIComponent(body)],
  base64: (body) => [
    'text/html',
    `<a href="data:application/octet-stream;base64,${Buffer.from(body).toString('base64')}">`,
  ],
  bytes: (body) => ['application/octet-stream', body],
  hex: (body) => ['text/plain', Buffer.from(body).toString('hex')],
};

const origin = createSecureServer({ ...serverCertificate(authority, [host]), allowHTTP1: true });
origin.on('request', (request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const body = Buffer.concat(pieces).toString();
    arrived.push({ headers: request.headers, body });
    const status = accepts(body) ? 200 : 401;
    const [type, text] = echoes[request.url.split('/').at(-1) ?? '']?.(body) ?? ['text/plain', ''];
    const location = encodeURIComponent(body).slice(0, 4000);
    response.writeHead(status, { 'content-type': type, location: `/?b=${location}` }).end(text);
  });
});

const places = {
  json: '{ place: json, pointer: /auth/key, template: "{api}"',
  form: '{ place: form, field: token, template: "{api}"',
  text: '{ place: text, template: "{api}"',
};
const policy = (mode: string, kind: keyof typeof places): string =>
  `  - { name: ${mode}-${kind}, hosts: [${host}], paths: [/${mode}/${kind}/*], inject: [${places[kind]}, mode: ${mode} }] }`;

beforeAll(async () => {
  await once(origin.listen(0, '127.0.0.1'), 'listening');
  proxy = await startProxy({
    authority,
    origins: { [`${host}:443`]: (origin.address() as AddressInfo).port },
    yaml: [
      `secrets: { api: { from: file, path: ./key, hosts: [${host}] }, next: { from: file, path: ./key, hosts: [${host}] } }`,
      'policies:',
      policy('set', 'json'),
      policy('set', 'form'),
      policy('substitute', 'json'),
      policy('substitute', 'form'),
      policy('substitute', 'text'),
      `  - name: both-set`,
      `    hosts: [${host}]`,
      `    paths: [/both/set/*]`,
      `    inject: [{ place: header, name: authorization, template: "Bearer {api}" }, ${places.json} }]`,
      `  - name: next`,
      `    hosts: [${host}]`,
      `    paths: [/next/*]`,
      `    inject: [{ place: header, name: authorization, template: "{next}", mode: substitute }, { place: json, pointer: /auth/key, template: "{next}", mode: substitute }]`,
      `  - name: both`,
      `    hosts: [${host}]`,
      `    inject: [{ place: header, name: authorization, template: "{api}", mode: substitute }, ${places.json}, mode: substitute }, ${places.form}, mode: substitute }]`,
    ].join('\n'),
  });
  dispatcher = proxy.agent();
  session = await openHttp2(proxy, `${host}:443`);
  placeholder = proxy.placeholders.of('desk', 'api') ?? '';
});
beforeEach(() => {
  [secret, next] = [odd(), odd()];
  writeFileSync(join(proxy.folder, 'key'), secret, { mode: 0o600 });
  arrived = [];
  accepts = () => true;
});
afterAll(async () => {
  session.destroy();
  await dispatcher.close();
  await proxy.close();
  origin.close();
});

interface Answered {
  readonly status: number;
  readonly location: string;
  readonly text: string;
}

type Send = (path: string, type: string, body: string | Buffer, more?: Record<string, string>) => Promise<Answered>;

const overHttp1: Send = async (path, type, body, more = {}) => {
  const headers = { 'content-type': type, ...more };
  const answer = await fetch(`https://${host}${path}`, {
    method: 'POST',
    body,
    headers,
    dispatcher,
    redirect: 'manual',
  });
  const answered = { status: answer.status, location: answer.headers.get('location') ?? '', text: await answer.text() };
  return answered;
};

const overHttp2: Send = async (path, type, body, more = {}) => {
  const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': type, ...more });
  stream.end(body);
  const { status, headers, body: text } = await answerOf(stream);
  return { status, location: headers.location ?? '', text };
};

const multipart = 'multipart/form-data; boundary=b';
const urlencoded = 'application/x-www-form-urlencoded';
const part = (value: string): string => `--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n${value}\r\n--b--`;
const ofJson = (body: string): string => (JSON.parse(body) as { auth: { key: string } }).auth.key;
const ofForm = (body: string): string => new URLSearchParams(body).get('token') ?? '';

/** Path, type, what is sent, and how a server reads the credential out of what comes. */
const ways: readonly (readonly [path: string, type: string, body: () => string, read: (body: string) => string])[] = [
  ['/set/json', 'application/json', () => '{"auth":{}}', ofJson],
  ['/set/form', urlencoded, () => 'a=1', ofForm],
  ['/set/form', multipart, () => part('own'), (body) => body.split('\r\n').at(-2) ?? ''],
  ['/substitute/json', 'application/json', () => `{"auth":{"key":"${placeholder}"}}`, ofJson],
  ['/substitute/form', urlencoded, () => `token=${placeholder}`, ofForm],
  ['/substitute/text', 'application/json', () => `{"auth":{"key":"${placeholder}"}}`, ofJson],
  ['/substitute/text', urlencoded, () => `token=${placeholder}`, ofForm],
  ['/substitute/text', 'text/plain', () => `x ${placeholder}`, (body) => body.slice(2)],
  ['/substitute/text', 'application/xml', () => `<k>${placeholder}</k>`, (body) => readXml(body)],
];

function readXml(body: string): string {
  return body.slice(3, -4).replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

/** Ten characters of the secret that are the same in every spelling, and how they look in base64 at each alignment. */
function traces(): string[] {
  const core = secret.slice(7, 25);
  const shifted = [0, 1, 2].map((by) => Buffer.from(core.slice(by)).toString('base64').slice(0, 16));
  return [core, Buffer.from(core).toString('hex'), ...shifted];
}

describe.each([
  ['HTTP/1.1', overHttp1],
  ['HTTP/2', overHttp2],
])('over %s', (_, send) => {
  it.each(ways)(
    'at %s of %s a credential comes to its place, and back in no spelling',
    async (path, type, body, read) => {
      for (const echo of Object.keys(echoes)) {
        const sent = body();
        const { status, text, location } = await send(`${path}/${echo}`, type, sent, {
          'content-length': String(sent.length),
        });
        expect(status).toBe(200);
        expect(read(arrived.at(-1)?.body ?? '')).toBe(secret);
        expect(location + text).toContain('*'.repeat(8));
        expect(traces().filter((trace) => (location + text).includes(trace))).toEqual([]);
      }
      expect(proxy.written()).not.toContain(secret.slice(7, 25));
    },
  );

  it('what is sent compressed comes plain: a destination that repeats its bytes repeats nothing hidden', async () => {
    const { text } = await send('/set/json/bytes', 'application/json', gzipSync('{"auth":{}}'), {
      'content-encoding': 'gzip',
    });
    expect(arrived[0]?.headers).not.toHaveProperty('content-encoding');
    expect(ofJson(arrived[0]?.body ?? '')).toBe(secret);
    expect(text).toMatch(/^\{"auth":\{"key":"\*+"\}\}$/);
  });
});

describe('two places of one policy', () => {
  it('are both set', async () => {
    await overHttp1('/both/set/raw', 'application/json', '{"auth":{"key":"own"}}', { authorization: 'own' });
    expect([arrived[0]?.headers.authorization, ofJson(arrived[0]?.body ?? '')]).toEqual([`Bearer ${secret}`, secret]);
  });

  it('each get the secret where the caller has its placeholder, and only there', async () => {
    const authorization = `Bearer ${placeholder}`;
    await overHttp1('/both/raw', 'application/json', `{"auth":{"key":"${placeholder}"}}`, { authorization });
    expect([arrived[0]?.headers.authorization, ofJson(arrived[0]?.body ?? '')]).toEqual([`Bearer ${secret}`, secret]);
    await overHttp1('/both/raw', 'application/json', `{"auth":{"key":"none"}}`, { authorization });
    expect([arrived[1]?.headers.authorization, arrived[1]?.body]).toEqual([
      `Bearer ${secret}`,
      '{"auth":{"key":"none"}}',
    ]);
    await overHttp1('/both/raw', urlencoded, `token=${placeholder}`);
    expect(ofForm(arrived[2]?.body ?? '')).toBe(secret);
    const refused = await overHttp1(
      '/both/raw',
      'application/json',
      `{"auth":{"key":"${placeholder}"},"text":"${placeholder}"}`,
    );
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('placeholder_misplaced')]);
    const dodged = await overHttp1('/both/raw', 'text/plain', `{"auth":{"key":"${placeholder}"}}`);
    expect(dodged.status).toBe(403);
    expect(arrived).toHaveLength(3);
  });
});

describe('a body that is refused with its credential', () => {
  // Of two secrets: a source is not asked again and again.
  it.each(['/both/set/raw', '/next/raw'])('at %s is sent once more, with the next in every place', async (path) => {
    const own = proxy.placeholders.of('desk', 'next') ?? '';
    const [key, authorization] = path === '/next/raw' ? [own, `Bearer ${own}`] : ['', ''];
    accepts = (came) => {
      if (came.includes(JSON.stringify(next).slice(1, -1))) return true;
      writeFileSync(join(proxy.folder, 'key'), next, { mode: 0o600 });
      return false;
    };
    const { status, text } = await overHttp1(path, 'application/json', `{"auth":{"key":"${key}"}}`, { authorization });
    expect(status).toBe(200);
    expect(arrived.map((one) => ofJson(one.body))).toEqual([secret, next]);
    expect(arrived.map((one) => one.headers.authorization?.replace('Bearer ', ''))).toEqual([secret, next]);
    expect(arrived.map((one) => one.headers['content-length'])).toEqual(arrived.map((one) => String(one.body.length)));
    expect(text).not.toContain(next.slice(7, 25));
  });
});
