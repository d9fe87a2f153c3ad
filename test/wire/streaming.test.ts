import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, startRawOrigin, type Origin } from '../support/origin.js';
import { converse, generatedSecret, openSecureTunnel, startProxy, type TestProxy } from '../support/proxy.js';

const chunk = randomBytes(64 * 1024);
let release: () => void = () => undefined;
let origin: Origin;
let raw: Awaited<ReturnType<typeof startRawOrigin>>;
let script: (head: string) => string = () => '';
let proxy: TestProxy;

function serve(incoming: IncomingMessage, response: ServerResponse): void {
  if (incoming.url === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: first\n\n');
    release = () => response.end('data: last\n\n');
  } else if (incoming.url === '/download') {
    const write = (left: number): void => {
      let room = true;
      while (left > 0 && room) {
        room = response.write(chunk);
        left -= 1;
      }
      if (left === 0) response.end();
      else response.once('drain', () => write(left));
    };
    write(320);
  } else response.end('ok');
}

beforeAll(async () => {
  const authority = testAuthority();
  origin = await startOrigin(authority, ['api.example.com'], serve);
  raw = await startRawOrigin(authority, ['raw.example.com'], (socket) => {
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      const answer = script(text);
      text = '';
      if (answer === '') socket.destroy();
      else socket.write(answer, 'latin1');
    });
  });
  proxy = await startProxy({
    origins: { 'api.example.com:443': origin.port, 'raw.example.com:443': raw.port },
    authority,
    environment: { TOKEN: generatedSecret() },
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [api.example.com, raw.example.com] }
policies:
  - name: api
    hosts: [api.example.com, raw.example.com]
    inject: [{ place: header, name: x-api-key, template: "{api}" }]
limits: { response_timeout: 1s }
`,
  });
});

afterAll(async () => {
  await proxy.close();
  await Promise.all([origin.close(), raw.close()]);
});

/** A plain node:http request over an intercepted tunnel. */
async function open(path: string, options: { method?: string; headers?: Record<string, string>; host?: string } = {}) {
  const host = options.host ?? 'api.example.com';
  const socket = await openSecureTunnel(proxy, `${host}:443`);
  const request = httpRequest({
    createConnection: () => socket,
    path,
    method: options.method ?? 'GET',
    headers: { host, ...options.headers },
  });
  request.on('error', () => undefined);
  return request;
}

async function answerTo(request: ReturnType<typeof httpRequest>): Promise<IncomingMessage> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function rawly(bytes: string, until?: RegExp): Promise<string> {
  const socket = await openSecureTunnel(proxy, 'raw.example.com:443');
  const text = await converse(socket, bytes, until);
  socket.destroy();
  return text;
}

const rawHead = 'Host: raw.example.com\r\n\r\n';

describe('an answer', () => {
  it('of events arrives event by event, while it is still open', async () => {
    const request = await open('/events');
    request.end();
    const response = await answerTo(request);
    const [first] = (await once(response, 'data')) as [Buffer];
    expect(first.toString()).toBe('data: first\n\n');
    release();
    const [last] = (await once(response, 'data')) as [Buffer];
    expect(last.toString()).toBe('data: last\n\n');
    request.destroy();
  });

  it('of 20 MiB comes through identical', async () => {
    const request = await open('/download');
    request.end();
    const hash = createHash('sha256');
    for await (const part of await answerTo(request)) hash.update(part as Buffer);
    const expected = createHash('sha256');
    for (let i = 0; i < 320; i += 1) expected.update(chunk);
    expect(hash.digest('hex')).toBe(expected.digest('hex'));
    request.destroy();
  });

  it('that the caller reads slowly holds the destination back', async () => {
    const request = await open('/download');
    request.end();
    const response = await answerTo(request);
    response.pause();
    await delay(300);
    const before = process.memoryUsage().arrayBuffers;
    await delay(300);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
    response.resume();
    await once(response, 'end');
    request.destroy();
  });

  it('with status 304 keeps its Content-Length', async () => {
    script = () => 'HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\nETag: "a"\r\n\r\n';
    const text = await rawly(`GET / HTTP/1.1\r\n${rawHead}`, /\r\n\r\n/);
    expect(text).toMatch(/^HTTP\/1\.1 304 Not Modified\r\nContent-Length: 1234\r\nETag: "a"\r\n/);
  });

  it('to HEAD keeps its Content-Length and has no body', async () => {
    script = () => 'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n';
    const text = await rawly(`HEAD / HTTP/1.1\r\n${rawHead}`, /\r\n\r\n/);
    expect(text).toMatch(/Content-Length: 1234/);
    expect(text.endsWith('\r\n\r\n')).toBe(true);
  });

  it('keeps order, case and duplicates of its headers', async () => {
    script = () => 'HTTP/1.1 200 Fine\r\nX-B: 1\r\nx-a: 2\r\nX-B: 3\r\nContent-Length: 2\r\n\r\nok';
    const text = await rawly(`GET / HTTP/1.1\r\n${rawHead}`, /ok$/);
    expect(text).toMatch(/^HTTP\/1\.1 200 Fine\r\nX-B: 1\r\nx-a: 2\r\nX-B: 3\r\nContent-Length: 2\r\n/);
  });

  it('that ends before its Content-Length is cut, not completed', async () => {
    script = () => 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc';
    const socket = await openSecureTunnel(proxy, 'raw.example.com:443');
    socket.on('error', () => undefined);
    socket.write(`GET / HTTP/1.1\r\n${rawHead}`);
    await once(socket, 'data');
    raw.cut();
    await once(socket, 'close');
    expect(proxy.records().at(-1)).toMatchObject({ kind: 'end', code: 'destination_protocol' });
  });

  it.each([
    ['two Content-Lengths that differ', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc'],
    ['both lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['an unasked 101', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'],
  ])('with %s is 502', async (_, bytes) => {
    script = () => bytes;
    expect(await rawly(`GET / HTTP/1.1\r\n${rawHead}`, /\}\n$/)).toMatch(/^HTTP\/1\.1 502 /);
  });

  it('that does not come in time is 504', async () => {
    script = () => ' ';
    expect(await rawly(`GET / HTTP/1.1\r\n${rawHead}`, /\}\n$/)).toMatch(/^HTTP\/1\.1 50[24] /);
  });

  it('of 103 arrives before the final one', async () => {
    script = () =>
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    expect(await rawly(`GET / HTTP/1.1\r\n${rawHead}`, /ok$/)).toMatch(
      /^HTTP\/1\.1 103 .*\r\nlink: <\/a\.css>.*HTTP\/1\.1 200 OK/is,
    );
  });
});

describe('a connection that the destination closed in passing', () => {
  it('is replaced, and the request is repeated once', async () => {
    let requests = 0;
    script = () => {
      requests += 1;
      return requests === 2 ? '' : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    };
    expect(await rawly(`GET /1 HTTP/1.1\r\n${rawHead}`, /ok$/)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await rawly(`GET /2 HTTP/1.1\r\n${rawHead}`, /ok$|\}\n$/)).toMatch(/^HTTP\/1\.1 200 /);
    expect(requests).toBe(3);
  });
});
