import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { harmless, MiB } from '../support/flood.js';
import { openFrames, openHttp2Tunnel } from '../support/http2-caller.js';
import { block, flag, frame, integer, uint32, preface, request, text, type } from '../support/http2-frames.js';
import { startRawOrigin } from '../support/origin.js';
import { generatedSecret } from '../support/proxy.js';
import { startServe, type Serving } from '../support/serve.js';

jest.setTimeout(60_000);

const api = 'api.example.com';
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
let origin: Awaited<ReturnType<typeof startRawOrigin>>;
let serving: Serving;
let way: { port: number; authorization: string; trustPem: string };

beforeAll(async () => {
  const authority = testAuthority();
  const piece = Buffer.alloc(64 * 1024, 'x');
  const endless = (socket: Socket): void => {
    while (!socket.destroyed && socket.write(piece)) continue;
    if (!socket.destroyed) socket.once('drain', () => endless(socket));
  };
  origin = await startRawOrigin(authority, [api], (socket) => {
    socket.on('data', (bytes) => {
      const head = bytes.toString('latin1');
      if (/^GET \/endless/.test(head)) {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${1024 * MiB}\r\n\r\n`);
        endless(socket);
      } else if (/^GET /.test(head)) socket.write(ok);
    });
  });
  serving = await startServe({
    authority,
    origins: { [`${api}:443`]: origin.port },
    environment: { TOKEN: generatedSecret() },
    // A heap that may be large grows before it is cleared; in a small one what stays behind shows.
    node: ['--max-old-space-size=128', '--max-semi-space-size=4'],
    yaml: `
secrets: { api: { from: env, name: TOKEN, hosts: [${api}] } }
policies:
  - { name: api, hosts: [${api}], paths: [/**], methods: [GET, POST], inject: [{ place: header, name: authorization, template: "Bearer {api}" }] }
limits:
  headers_timeout: 2s
  keep_alive_timeout: 2s
  request_idle_timeout: 1s
  response_idle_timeout: 1s
  response_timeout: 1s
  connect_timeout: 1s
  lookup_timeout: 1s
  secret_timeout: 1s
`,
  });
  const authorization = `Basic ${Buffer.from(`desk:${serving.token}`).toString('base64')}`;
  way = { port: serving.port, authorization, trustPem: serving.trustPem };
  for (let count = 0; count < 50; count += 1) await serving.get(`${api}:443`);
});
afterAll(async () => {
  await serving.close();
  await origin.close();
});

const fields = (path: string, method = 'GET'): [string, string][] => [
  [':method', method],
  [':scheme', 'https'],
  [':authority', api],
  [':path', path],
];
const ids = (count: number): number[] => Array.from({ length: count }, (_, index) => 2 * index + 1);
const again = (count: number, one: Buffer): Buffer => Buffer.concat(Array.from({ length: count }, () => one));
/** SETTINGS with one entry (RFC 9113 section 6.5.1). */
const setting = (id: number, value: number): Buffer => {
  const payload = Buffer.alloc(6);
  payload.writeUInt16BE(id);
  payload.writeUInt32BE(value, 2);
  return frame(type.settings, 0, 0, payload);
};

/** Sends all of it on several connections, reads whatever comes, and waits for their end or a second. */
async function flood(pieces: readonly Buffer[], connections = 3): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => openHttp2Tunnel(way, `${api}:443`)));
  await Promise.all(sockets.map(async (socket) => pour(socket.resume(), [preface, ...pieces])));
  for (const socket of sockets) socket.destroy();
}

async function pour(socket: TLSSocket, pieces: readonly Buffer[]): Promise<void> {
  const ended = new Promise<void>((resolve) => socket.on('error', () => undefined).once('close', () => resolve()));
  const sent = (async () => {
    for (const piece of pieces) {
      if (socket.destroyed) return;
      if (!socket.write(piece)) await Promise.race([ended, delay(2000), new Promise((go) => socket.once('drain', go))]);
    }
    await delay(150);
  })();
  await Promise.race([ended, sent]);
}

const post = request(1, fields('/', 'POST'), true);
const priority = frame(type.priority, 0, 3, Buffer.from([0, 0, 0, 0, 1]));

describe('a flood by a caller is bounded, and others are served', () => {
  it.each<[string, () => readonly Buffer[]]>([
    [
      'of CONTINUATION, empty',
      () => [
        frame(type.headers, 0, 1, block(fields('/'))),
        ...Array<Buffer>(40).fill(again(500, frame(type.continuation, 0, 1))),
      ],
    ],
    [
      'of CONTINUATION, full',
      () => [
        frame(type.headers, 0, 1, block(fields('/'))),
        ...Array<Buffer>(400).fill(frame(type.continuation, 0, 1, block([['x', 'a'.repeat(16_000)]]))),
      ],
    ],
    ['of PING', () => Array<Buffer>(40).fill(again(500, frame(type.ping, 0, 0, '12345678')))],
    ['of SETTINGS', () => Array<Buffer>(40).fill(again(500, setting(4, 1000)))],
    ['of empty DATA', () => [post, ...Array<Buffer>(40).fill(again(500, frame(type.data, 0, 1)))]],
    ['of DATA, one byte each', () => [post, ...Array<Buffer>(40).fill(again(500, frame(type.data, 0, 1, 'x')))]],
    ['of PRIORITY', () => Array<Buffer>(100).fill(again(500, priority))],
    ['of WINDOW_UPDATE', () => Array<Buffer>(100).fill(again(500, frame(type.windowUpdate, 0, 0, uint32(1))))],
    ['of unknown frames', () => Array<Buffer>(100).fill(again(500, frame(0xee, 0, 0, 'x')))],
    ['of streams, malformed', () => ids(4000).map((stream) => request(stream, [[':path', '/']]))],
    ['of streams, unread', () => ids(4000).map((stream) => request(stream, fields('/endless')))],
  ])('%s', async (_, pieces) => {
    await harmless(serving, `${api}:443`, async () => flood(pieces()));
  });

  it('of resets: what is reset at once reaches no destination, and no record for each', async () => {
    const before = serving.records().length;
    await harmless(serving, `${api}:443`, async () => {
      const resets = ids(5000).map((stream) =>
        Buffer.concat([request(stream, fields('/reset')), frame(type.reset, 0, stream, uint32(8))]),
      );
      await flood(Array.from({ length: 50 }, (_, at) => Buffer.concat(resets.slice(100 * at, 100 * at + 100))));
    });
    const uses = serving
      .records()
      .slice(before)
      .filter(({ kind, path }) => kind === 'use' && path === '/reset');
    // Of 30,000.
    expect(uses.length).toBeLessThan(1000);
  });

  it('of references to one large entry of the table: no header section is larger than allowed', async () => {
    const entry = Buffer.concat([Buffer.from([0x40]), text('x-bomb'), text('a'.repeat(4000))]);
    const references = again(3000, integer(62, 7, 0x80));
    const bombs = ids(50).map((stream, index) => {
      const payload = Buffer.concat([block(fields('/bomb')), index === 0 ? entry : references]);
      return frame(type.headers, flag.endHeaders | flag.endStream, stream, payload);
    });
    await harmless(serving, `${api}:443`, async () => flood(bombs));
    const uses = serving.records().filter(({ kind, path }) => kind === 'use' && path === '/bomb');
    expect(uses.length).toBeLessThan(10);
  });
});

describe('windows that are never opened', () => {
  it('hold streams, and what waits for them, no longer than the limits say', async () => {
    const before = serving.resident();
    await harmless(serving, `${api}:443`, async () => {
      const { socket, reader } = await openFrames(way, `${api}:443`);
      socket.write(Buffer.concat([setting(4, 0), ...ids(40).map((stream) => request(stream, fields('/endless')))]));
      expect(await Promise.all(ids(40).map(async (stream) => reader.endOf(stream)))).toEqual(ids(40).map(() => 8));
      expect(reader.frames.some(({ type: kind, payload }) => kind === type.data && payload.length > 0)).toBe(false);
      socket.destroy();
    });
    expect(serving.resident() - before).toBeLessThan(128 * MiB);
  });

  it('of a connection that nobody reads are closed with it', async () => {
    await harmless(serving, `${api}:443`, async () => {
      const socket = await openHttp2Tunnel(way, `${api}:443`);
      socket.pause().on('error', () => undefined);
      socket.write(Buffer.concat([preface, setting(4, 2 ** 31 - 1), frame(type.windowUpdate, 0, 0, uint32(2 ** 30))]));
      socket.write(Buffer.concat(ids(20).map((stream) => request(stream, fields('/endless')))));
      await delay(1000);
      socket.destroy();
    });
  });
});
