import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSecureTunnel, openTunnel } from '../support/proxy.js';
import { api, exchange, get, inTime, ok, outcome, startWorld, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld({
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}, "*.many.example.com"] }
policies:
  - name: api
    hosts: [${api}, "*.many.example.com"]
    inject: [{ place: header, name: authorization, template: "Bearer {api}" }]
limits:
  headers_timeout: 300ms
  handshake_timeout: 700ms
  keep_alive_timeout: 500ms
  request_idle_timeout: 500ms
  header_bytes: 16KiB
  header_count: 100
  leaf_certificates: 8
  drain_timeout: 300ms
`,
  });
});
afterAll(() => world.close());

/** Milliseconds until the proxy has closed the connection. */
async function cut(socket: Socket, within = 6000): Promise<number> {
  const begin = performance.now();
  socket.on('error', () => undefined).resume();
  if (!socket.destroyed) await inTime(once(socket, 'close'), within);
  return performance.now() - begin;
}

const auth = (): string => `Proxy-Authorization: ${world.proxy.authorization}\r\n`;
const served = async (): Promise<void> => {
  world.reset();
  const begin = performance.now();
  expect(await world.inside(get('/other-client'))).toMatch(/^HTTP\/1\.1 200 /);
  expect(performance.now() - begin).toBeLessThan(2000);
};

describe('slow loris, abandoned handshakes', () => {
  it.each([
    ['says nothing', () => ''],
    ['stops in its request line', () => 'GET http'],
    ['stops in its headers', () => `GET https://${api}/ HTTP/1.1\r\nHost: ${api}\r\nX-A: `],
    ['stops before the last line', () => `CONNECT ${api}:443 HTTP/1.1\r\nHost: ${api}:443\r\n${auth()}`],
    [
      'stops in TLS records',
      () => `CONNECT ${api}:443 HTTP/1.1\r\nHost: ${api}:443\r\n${auth()}\r\n\x16\x03\x01\x02\x00\x01`,
    ],
    ['stops after its CONNECT', () => `CONNECT ${api}:443 HTTP/1.1\r\nHost: ${api}:443\r\n${auth()}\r\n`],
    ['stops after being told 407', () => `CONNECT ${api}:443 HTTP/1.1\r\nHost: ${api}:443\r\n\r\n`],
  ])('a caller that %s is cut in time', async (_, bytes) => {
    const socket = connect(world.proxy.port, '127.0.0.1');
    socket.write(Buffer.from(bytes(), 'latin1'));
    expect(await cut(socket)).toBeLessThan(3000);
  });

  it('one that sends a byte now and then is cut all the same', async () => {
    const socket = connect(world.proxy.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nX: ');
    const drip = setInterval(() => socket.write('a'), 100);
    expect(await cut(socket)).toBeLessThan(3000);
    clearInterval(drip);
  });

  it('inside a tunnel too', async () => {
    const socket = await openSecureTunnel(world.proxy, `${api}:443`);
    socket.write(`GET / HTTP/1.1\r\nHost: ${api}\r\nX-A: `);
    expect(await cut(socket)).toBeLessThan(3000);
  });

  it('one that stops in the middle of its body is cut, and the destination is let go', async () => {
    world.reset(() => undefined);
    const socket = await openSecureTunnel(world.proxy, `${api}:443`);
    socket.write(`POST / HTTP/1.1\r\nHost: ${api}\r\nContent-Length: 100\r\n\r\nhalf`);
    expect(await cut(socket, 3000)).toBeLessThan(3000);
  });

  it('2,000 idle CONNECTs leave memory flat, are let go, and hold nobody up', async () => {
    world.reset();
    const before = process.memoryUsage().rss;
    const sockets = await Promise.all(
      Array.from({ length: 2000 }, async () => {
        const socket = connect(world.proxy.port, '127.0.0.1');
        socket.on('error', () => undefined).write(`CONNECT ${api}:443 HTTP/1.1\r\nHost: ${api}:443\r\n${auth()}\r\n`);
        await Promise.race([once(socket, 'data'), once(socket, 'close')]);
        return socket;
      }),
    );
    await served();
    // Both ends of 2,000 connections live in this process.
    expect(process.memoryUsage().rss - before).toBeLessThan(160 * 1024 * 1024);
    await inTime(
      Promise.all(sockets.filter(({ destroyed }) => !destroyed).map((socket) => once(socket.resume(), 'close'))),
      4000,
    );
    await served();
  }, 15_000);
});

describe('header floods', () => {
  it.each([
    ['by count', () => get('/', ...Array.from({ length: 200 }, (_, i) => `X-${i}: 1`))],
    ['by size', () => get('/', `X-A: ${'a'.repeat(20_000)}`)],
    ['by the size of the path', () => get(`/${'a'.repeat(20_000)}`)],
    ['of one name', () => get('/', ...Array<string>(101).fill('Authorization: a'))],
    [
      'in trailers',
      () =>
        `POST / HTTP/1.1\r\nHost: ${api}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${'X-A: 1\r\n'.repeat(5000)}\r\n`,
    ],
  ])('%s are refused', async (name, bytes) => {
    world.reset(() => undefined);
    const text = await world.inside(bytes());
    expect(text).toMatch(name === 'in trailers' ? /^HTTP\/1\.1 4\d\d |^$/ : /^HTTP\/1\.1 431 /);
    if (name !== 'in trailers') expect(world.arrived()).toBe('');
    await delay(10);
    await served();
  });

  it('from a destination are 502', async () => {
    world.reset(() => `HTTP/1.1 200 OK\r\n${'X-A: 1\r\n'.repeat(5000)}\r\n`);
    expect(await world.inside(get())).toMatch(/^HTTP\/1\.1 502 /);
  });

  it('of informational answers end before the caller has got them all', async () => {
    world.reset(() => 'HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n'.repeat(20_000) + ok);
    const text = await world.inside(get());
    expect(text.match(/HTTP\/1\.1 103/g)?.length ?? 0).toBeLessThan(1000);
  });
});

describe('pipelining', () => {
  it('2,000 GETs at once are served one after the other, and others between them', async () => {
    world.reset();
    const before = world.proxy.records().length;
    const flood = world.inside(get('/flood').repeat(2000), /never/);
    await served();
    await served();
    const text = await flood;
    let underWay = 0;
    for (const { kind } of world.proxy
      .records()
      .slice(before)
      .filter(({ kind, path, id }) => path === '/flood' || (kind === 'end' && id !== undefined))) {
      underWay += kind === 'use' ? 1 : -1;
      // One of the flood, and the ends of the two others that were served meanwhile.
      expect(underWay).toBeLessThanOrEqual(1);
    }
    expect(text.match(/HTTP\/1\.1 \d{3}/g)?.every((status) => status === 'HTTP/1.1 200')).toBe(true);
  }, 30_000);

  it('requests behind one whose caller has gone are never begun', async () => {
    world.reset(() => 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\npart');
    const before = world.proxy.records().length;
    const { socket } = await openTunnel(world.proxy, `${api}:443`);
    const secure = connectTls({ socket, servername: api, ca: world.proxy.trustPem });
    secure.on('error', () => undefined).write(get('/queued').repeat(10));
    await once(secure, 'data');
    socket.resetAndDestroy();
    const kinds = (): string[] =>
      world.proxy
        .records()
        .slice(before)
        .map(({ kind }) => kind);
    for (let i = 0; i < 80 && !kinds().includes('end'); i += 1) await delay(25);
    expect(kinds()).toEqual(['use', 'end']);
    expect(world.proxy.records().at(-1)).toMatchObject({ code: 'caller_gone' });
  });
});

describe('leaf certificates for endless names', () => {
  it('are made for hosts a policy names only, and none for a name in the handshake', async () => {
    const { answer } = await openTunnel(world.proxy, 'endless-1.other.example.com:443');
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    const { socket } = await openTunnel(world.proxy, `${api}:443`);
    const secure = connectTls({
      socket,
      servername: 'endless-2.many.example.com',
      ca: world.proxy.trustPem,
      checkServerIdentity: () => undefined,
    });
    await once(secure, 'secureConnect');
    expect(secure.getPeerCertificate().subjectaltname).toBe(`DNS:${api}`);
    secure.destroy();
  });

  it('under a wildcard replace one another, and every one still works', async () => {
    for (let i = 0; i < 20; i += 1) {
      const host = `n${i % 10}.many.example.com`;
      const secure = await openSecureTunnel(world.proxy, `${host}:443`);
      expect(secure.getPeerCertificate().subjectaltname).toBe(`DNS:${host}`);
      secure.destroy();
    }
    await served();
  });
});

describe('the end of the proxy', () => {
  it.each([
    ['an idle CONNECT', async (of: World) => (await openTunnel(of.proxy, `${api}:443`)).socket],
    ['a tunnel that is open', async (of: World) => openSecureTunnel(of.proxy, `${api}:443`)],
    [
      'a request under way',
      async (of: World) => {
        of.reset(() => undefined);
        const socket = await openSecureTunnel(of.proxy, `${api}:443`);
        socket.write(get());
        return socket;
      },
    ],
    [
      'a refused WebSocket handshake with bytes behind it',
      async (of: World) => {
        const bytes = get(
          '/',
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 12',
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        );
        expect(outcome(await exchange(await openSecureTunnel(of.proxy, `${api}:443`), `${bytes}more`))).toBe(
          'bad_request',
        );
        return undefined;
      },
    ],
  ])('is not held up by %s beyond its time', async (_, hold) => {
    const ending = await startWorld();
    const socket: Socket | undefined = await hold(ending);
    socket?.on('error', () => undefined);
    await delay(20);
    try {
      await ending.close();
    } finally {
      socket?.destroy();
    }
  });
});
