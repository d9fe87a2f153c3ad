import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startRawOrigin } from '../support/origin.js';
import { converse, openTunnel, startProxy, type TestProxy } from '../support/proxy.js';

const host = 'open.example.com';
const large = randomBytes(600 * 1024);
let arrived: string[] = [];
let allSent: Promise<unknown> = Promise.resolve();
let origin: Awaited<ReturnType<typeof startRawOrigin>>;
let proxy: TestProxy;

/** Agrees to WebSocket, sends a large answer until the end of its connection, and answers anything else with its path. */
function speak(socket: Socket): void {
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
    if (!text.includes('\r\n\r\n')) return;
    const [, path = ''] = text.split(' ');
    arrived.push(path);
    const isHandshake = /upgrade: websocket/i.test(text);
    text = '';
    if (isHandshake)
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello');
    else if (path === '/large') {
      allSent = once(socket, 'finish');
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.end(large);
    } else socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`);
  });
}

beforeAll(async () => {
  origin = await startRawOrigin(undefined, [], speak);
  proxy = await startProxy({
    origins: { [`${host}:80`]: origin.port },
    yaml: `policies: [{ name: open, hosts: ["${host}:80"] }]`,
  });
});

beforeEach(() => {
  arrived = [];
});

afterAll(async () => {
  await proxy.close();
  await origin.close();
});

const get = (path: string, fields = ''): string => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`;
const upgrade =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

describe('in one write behind a request', () => {
  it('a WebSocket handshake is answered behind it, and its messages pass', async () => {
    const { socket } = await openTunnel(proxy, `${host}:80`);
    const text = await converse(socket, `${get('/one')}${get('/two', upgrade)}`, /hello$/);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n\/oneHTTP\/1\.1 101 Switching Protocols\r\n[^]*hello$/);
    expect(arrived).toEqual(['/one', '/two']);
    socket.destroy();
  });

  it('a CONNECT opens its tunnel behind the answer', async () => {
    const socket = connect(proxy.port, '127.0.0.1');
    const authorization = `Proxy-Authorization: ${proxy.authorization}\r\n`;
    const requests = [
      `GET http://${host}/one HTTP/1.1\r\nHost: ${host}\r\n${authorization}\r\n`,
      `CONNECT ${host}:80 HTTP/1.1\r\nHost: ${host}:80\r\n${authorization}\r\n`,
      get('/two'),
    ];
    expect(await converse(socket, requests.join(''), /\/two$/)).toMatch(
      /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n\/oneHTTP\/1\.1 200 Connection Established\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n\/two$/,
    );
    expect(arrived).toEqual(['/one', '/two']);
    socket.destroy();
  });
});

it('an answer that ends with its connection while the caller does not read arrives whole, and the next behind it', async () => {
  const { socket } = await openTunnel(proxy, `${host}:80`);
  socket.pause();
  socket.write(`${get('/large')}${get('/next')}`);
  while (arrived.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await allSent;
  const reading = converse(socket, '', /\/next$/);
  socket.resume();
  const text = await reading;
  const [head = ''] = text.split('\r\n\r\n', 1);
  const body = Buffer.from(text.slice(head.length + 4), 'latin1');
  expect(head).toMatch(/transfer-encoding: chunked/i);
  expect(digest(unchunked(body))).toBe(digest(large));
  socket.destroy();
});

function unchunked(body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; ;) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, end), 16);
    if (size === 0) return Buffer.concat(pieces);
    pieces.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
