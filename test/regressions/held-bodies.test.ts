import { once } from 'node:events';
import { createSecureServer, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { serverCertificate, testAuthority } from '../support/certificates.js';
import { answerOf, openHttp2 } from '../support/http2-caller.js';
import { converse, generatedSecret, openSecureTunnel, readHead, startProxy, type TestProxy } from '../support/proxy.js';

const host = 'api.example.com';
const limit = 4096;
const secret = generatedSecret();
const authority = testAuthority();

interface Arrived {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let arrived: Arrived[] = [];
let answer: (request: Arrived) => { status: number; body: string } = () => ({ status: 200, body: 'ok' });
let proxy: TestProxy;
const origin = createSecureServer({ ...serverCertificate(authority, [host]), allowHTTP1: true });
origin.on('request', (request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const one = { headers: request.headers, body: Buffer.concat(pieces).toString('latin1') };
    arrived.push(one);
    const { status, body } = answer(one);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
});

const yaml = `
secrets: { api: { from: env, name: TOKEN, hosts: [${host}] } }
policies:
  - name: body
    hosts: [${host}]
    paths: [/set]
    inject: [{ place: json, pointer: /key, template: "{api}" }]
  - name: placeholder
    hosts: [${host}]
    inject: [{ place: json, pointer: /key, template: "{api}", mode: substitute }]
limits: { held_body: ${limit}B, held_bodies: ${4 * limit}B, request_idle_timeout: 400ms }
`;

beforeAll(async () => {
  await once(origin.listen(0, '127.0.0.1'), 'listening');
  const port = (origin.address() as AddressInfo).port;
  proxy = await startProxy({ authority, origins: { [`${host}:443`]: port }, environment: { TOKEN: secret }, yaml });
});
afterEach(() => {
  arrived = [];
  answer = () => ({ status: 200, body: 'ok' });
});
afterAll(async () => {
  await proxy.close();
  origin.close();
});

const whole = (bytes: number): string => `{"x":"${'x'.repeat(bytes - 8)}"}`;
const head = (path: string, ...fields: string[]): string =>
  [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Content-Type: application/json',
    'Connection: close',
    ...fields,
    '',
    '',
  ].join('\r\n');
const sized = (path: string, body: string | Buffer, ...fields: string[]): Buffer =>
  Buffer.concat([Buffer.from(head(path, `Content-Length: ${body.length}`, ...fields)), Buffer.from(body)]);
const chunked = (text: string, size: number): string =>
  `${(text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? []).map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('')}0\r\n`;

async function send(bytes: string | Buffer): Promise<string> {
  return converse(await openSecureTunnel(proxy, `${host}:443`), bytes);
}

/** Nothing is counted any more: as much as a client may have at once goes through. */
async function expectAllGivenBack(): Promise<void> {
  const sockets = [await openSecureTunnel(proxy, `${host}:443`), await openSecureTunnel(proxy, `${host}:443`)];
  const answers = sockets.map((socket) => converse(socket, sized('/set', whole(limit)).subarray(0, -1)));
  // Both are held up to their last byte at the same time.
  await new Promise((resolve) => setTimeout(resolve, 30));
  for (const socket of sockets) socket.write('}');
  for (const text of await Promise.all(answers)) expect(text).toMatch(/^HTTP\/1\.1 200/);
}

describe('a body that a place has to see', () => {
  it.each<[string, string | Buffer, string]>([
    [
      'is refused over the limit before it is sent',
      head('/set', `Content-Length: ${limit + 1}`, 'Expect: 100-continue'),
      '413',
    ],
    ['is refused over the limit, sent or not', sized('/set', whole(limit + 1)), '413'],
    [
      'is refused over the limit in chunks',
      `${head('/set', 'Transfer-Encoding: chunked')}${chunked(whole(limit + 1), 1000)}\r\n`,
      '413',
    ],
    ['is refused as a bomb', sized('/set', gzipSync(whole(limit + 1)), 'Content-Encoding: gzip'), '413'],
    ['is refused in an unknown coding', sized('/set', whole(20), 'Content-Encoding: zstd'), '415'],
    [
      'is refused in another charset',
      sized('/set', whole(20)).toString().replace('json\r', 'json; charset=utf-16\r'),
      '415',
    ],
    ['is refused where it is not JSON', sized('/set', '{"x":'), '422'],
    [
      'is refused in a framing that breaks off',
      `${head('/set', 'Transfer-Encoding: chunked')}5\r\n{"x":\r\nzz\r\n`,
      '400',
    ],
  ])('%s, and its memory given back', async (_, bytes, status) => {
    const text = await send(bytes);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(arrived).toEqual([]);
    await expectAllGivenBack();
  });

  it('is invited by a 100 only once it was decided on', async () => {
    const socket = await openSecureTunnel(proxy, `${host}:443`);
    const body = whole(limit);
    socket.write(head('/set', `Content-Length: ${limit}`, 'Expect: 100-continue'));
    expect(await readHead(socket)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    expect(await converse(socket, body)).toMatch(/^HTTP\/1\.1 200/);
    expect(arrived[0]?.body).toBe(`{"key":"${secret}",${body.slice(1)}`);
  });

  it('is given back where its caller goes in the middle of it, and where it never goes on', async () => {
    for (let time = 0; time < 3; time += 1) {
      const socket = await openSecureTunnel(proxy, `${host}:443`);
      socket.write(sized('/set', whole(limit)).subarray(0, -10));
      await new Promise((resolve) => setTimeout(resolve, 20));
      socket.destroy();
      await once(socket, 'close');
    }
    await send(sized('/set', whole(limit)).subarray(0, -10));
    expect(proxy.records().at(-1)).toMatchObject({ kind: 'refused', code: 'caller_gone' });
    await expectAllGivenBack();
  });

  it('is held for one client to half of the memory, and no more', async () => {
    const sockets = await Promise.all([1, 2, 3].map(() => openSecureTunnel(proxy, `${host}:443`)));
    const bytes = sized('/set', whole(limit));
    const texts = sockets.map((socket) => converse(socket, bytes.subarray(0, -1), /^HTTP/));
    const first = await Promise.race(texts);
    expect(first).toMatch(/^HTTP\/1\.1 503 /);
    for (const socket of sockets) socket.write('}');
    expect((await Promise.all(texts)).map((text) => text.slice(9, 12)).sort()).toEqual(['200', '200', '503']);
    await expectAllGivenBack();
  });

  it('loses its chunks and trailers and gains a length', async () => {
    const body = whole(limit);
    await send(`${head('/set', 'Transfer-Encoding: chunked', 'Trailer: x-t')}${chunked(body, 7)}x-t: 1\r\n\r\n`);
    const [{ headers, body: sent } = { headers: {}, body: '' }] = arrived;
    expect(sent).toBe(`{"key":"${secret}",${body.slice(1)}`);
    expect(headers).toMatchObject({ 'content-length': String(sent.length) });
    expect(headers).not.toHaveProperty('transfer-encoding');
  });

  it('goes on byte for byte where nothing in it changes, with its coding and digests', async () => {
    const body = gzipSync(`{"y" : 1e400, "y":"\\u00e9" }`);
    await send(sized('/', body, 'Content-Encoding: gzip', 'Content-Digest: d', 'Content-MD5: m'));
    expect(arrived[0]?.body).toBe(body.toString('latin1'));
    expect(arrived[0]?.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-digest': 'd',
      'content-md5': 'm',
    });
  });

  it('streams by where it is too large for a placeholder to be looked for, and holds none', async () => {
    const body = whole(20 * limit);
    expect(await send(sized('/', body))).toMatch(/^HTTP\/1\.1 200/);
    expect(arrived[0]?.body).toBe(body);
    const placeholder = proxy.placeholders.of('desk', 'api') ?? '';
    expect(await send(sized('/', `{"key":"${placeholder}","x":${body}}`))).toMatch(
      /^HTTP\/1\.1 403[^]*placeholder_misplaced/,
    );
  });
});

describe('over HTTP/2', () => {
  it('a body is held, replaced and given its length; one over the limit is refused', async () => {
    const session = await openHttp2(proxy, `${host}:443`);
    const post = (body: string, length?: number) => {
      const more = length === undefined ? {} : { 'content-length': length };
      const stream = session.request({
        ':method': 'POST',
        ':path': '/set',
        'content-type': 'application/json',
        ...more,
      });
      stream.end(body);
      return answerOf(stream);
    };
    expect(await post(whole(limit), limit)).toMatchObject({ status: 200 });
    expect(await post(whole(limit))).toMatchObject({ status: 200 });
    for (const { headers, body } of arrived) {
      expect(body).toBe(`{"key":"${secret}",${whole(limit).slice(1)}`);
      expect(headers).toMatchObject({ 'content-length': String(body.length) });
    }
    expect(await post(whole(limit + 1), limit + 1)).toMatchObject({ status: 413 });
    expect(await post(whole(limit + 1))).toMatchObject({ status: 413 });
    expect(arrived).toHaveLength(2);
    session.destroy();
    await expectAllGivenBack();
  });
});
