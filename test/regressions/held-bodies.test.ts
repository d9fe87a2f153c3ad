import { once } from 'node:events';
import { createSecureServer, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { serverCertificate, testAuthority } from '../support/certificates.js';
import { answerOf, openHttp2 } from '../support/http2-caller.js';
import { converse, generatedSecret, openSecureTunnel, readHead, startProxy, type TestProxy } from '../support/proxy.js';
import { chunked, head, host, sized, whole } from './json-posts.js';

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

  it('is counted together with those of the configuration before, and by the limit of this one', async () => {
    const sockets = [await openSecureTunnel(proxy, `${host}:443`), await openSecureTunnel(proxy, `${host}:443`)];
    const answers = sockets.map((socket) => converse(socket, sized('/set', whole(limit)).subarray(0, -1)));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await proxy.reload(`${yaml}# again`)).toMatchObject({ taken: true });
    expect(await send(sized('/set', whole(limit)))).toMatch(/^HTTP\/1\.1 503 /);
    expect(await proxy.reload(yaml.replace(`${4 * limit}B`, `${6 * limit}B`))).toMatchObject({ taken: true });
    expect(await send(sized('/set', whole(limit)))).toMatch(/^HTTP\/1\.1 200 /);
    expect(await proxy.reload(yaml)).toMatchObject({ taken: true });
    for (const socket of sockets) socket.write('}');
    for (const text of await Promise.all(answers)) expect(text).toMatch(/^HTTP\/1\.1 200/);
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

  it.each<[string, (body: string) => string | Buffer]>([
    ['of a length that is known', (body) => sized('/', body)],
    ['in chunks', (body) => `${head('/', 'Transfer-Encoding: chunked')}${chunked(body, 1000)}\r\n`],
    ['in one chunk', (body) => `${head('/', 'Transfer-Encoding: chunked')}${chunked(body, 1_000_000)}\r\n`],
  ])('streams by where it is too large for a placeholder to be looked for, and holds none: %s', async (_, framed) => {
    const body = whole(20 * limit);
    expect(await send(framed(body))).toMatch(/^HTTP\/1\.1 200/);
    expect(arrived[0]?.body).toBe(body);
    const placeholder = proxy.placeholders.of('desk', 'api') ?? '';
    for (const before of [0, limit - 20, limit, 2 * limit])
      expect(await send(framed(`{"x":"${'x'.repeat(before)}${placeholder}","y":${body}}`))).toMatch(
        /^HTTP\/1\.1 403[^]*placeholder_misplaced/,
      );
    await expectAllGivenBack();
  });

  it('streams by in mode substitute where there is no memory left for it', async () => {
    const sockets = [await openSecureTunnel(proxy, `${host}:443`), await openSecureTunnel(proxy, `${host}:443`)];
    const answers = sockets.map((socket) => converse(socket, sized('/set', whole(limit)).subarray(0, -1)));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await send(sized('/', whole(limit)))).toMatch(/^HTTP\/1\.1 200/);
    expect(arrived[0]?.body).toBe(whole(limit));
    for (const socket of sockets) socket.write('}');
    for (const text of await Promise.all(answers)) expect(text).toMatch(/^HTTP\/1\.1 200/);
    await expectAllGivenBack();
  });

  it.each([
    ['a coding that nobody knows', 'Content-Encoding: zstd', 'json'],
    ['another charset', 'X-A: b', 'json; charset=utf-16'],
  ])('goes on in mode substitute in %s, where no placeholder is seen in it', async (_, field, type) => {
    const of = (body: string) => sized('/', body, field).toString().replace('json\r', `${type}\r`);
    expect(await send(of(whole(20)))).toMatch(/^HTTP\/1\.1 200/);
    expect(arrived[0]?.body).toBe(whole(20));
    expect(await send(of(`{"key":"${proxy.placeholders.of('desk', 'api') ?? ''}"}`))).toMatch(/^HTTP\/1\.1 403/);
  });
});

describe('over HTTP/2', () => {
  it('a body is held, replaced and given its length; one over the limit is refused', async () => {
    const session = await openHttp2(proxy, `${host}:443`);
    let path = '/set';
    const post = (body: string, length?: number) => {
      const more = length === undefined ? {} : { 'content-length': length };
      const stream = session.request({
        ':method': 'POST',
        ':path': path,
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
    path = '/';
    expect(await post(whole(20 * limit))).toMatchObject({ status: 200 });
    expect(arrived[2]?.body).toBe(whole(20 * limit));
    session.destroy();
    await expectAllGivenBack();
  });
});
