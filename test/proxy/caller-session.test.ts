import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { answerOf, openFrames, openHttp2, openHttp2Tunnel } from '../support/http2-caller.js';
import { block, flag, frame, FrameReader, uint32, preface, request, type } from '../support/http2-frames.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { openSecureTunnel, startProxy, type TestProxy } from '../support/proxy.js';

const api = 'api.example.com';
const authority = testAuthority();
const sockets: TLSSocket[] = [];
/** Answers that the destination owes. */
const owed: ServerResponse[] = [];
let origin: Origin;
let proxy: TestProxy;

beforeAll(async () => {
  origin = await startOrigin(authority, [api], (incoming, response) => {
    if (incoming.url === '/quick') response.end('ok');
    else owed.push(response.on('error', () => undefined));
  });
  proxy = await start('headers_timeout: 500ms, keep_alive_timeout: 500ms, http2_streams: 4');
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const response of owed.splice(0)) response.destroy();
});
afterAll(async () => {
  await proxy.close();
  await origin.close();
});

async function start(limits: string): Promise<TestProxy> {
  return startProxy({
    authority,
    origins: { [`${api}:443`]: origin.port },
    yaml: `
policies: [{ name: api, hosts: [${api}], methods: [GET], paths: [/**] }]
limits: { ${limits} }
`,
  });
}

async function open(from = proxy): Promise<{ socket: TLSSocket; reader: FrameReader }> {
  const opened = await openFrames(from, `${api}:443`);
  sockets.push(opened.socket);
  return opened;
}

const ask = (stream: number, path: string): Buffer =>
  request(stream, [
    [':method', 'GET'],
    [':scheme', 'https'],
    [':authority', api],
    [':path', path],
  ]);
const reset = (stream: number): Buffer => frame(type.reset, 0, stream, uint32(8));
const isGoaway = ({ type: kind }: { type: number }): boolean => kind === type.goaway;
async function owing(count: number): Promise<void> {
  while (owed.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a session without a stream ends in time', () => {
  it('before its preface', async () => {
    const socket = await openHttp2Tunnel(proxy, `${api}:443`);
    const begin = performance.now();
    await once(socket.on('error', () => undefined).resume(), 'close');
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  it('whatever else comes: pings, settings, priorities, room for answers, unknown frames', async () => {
    const others: readonly (() => Buffer)[] = [
      () => frame(type.ping, 0, 0, '12345678'),
      () => frame(type.settings),
      () => frame(type.priority, 0, 3, Buffer.from([0, 0, 0, 0, 1])),
      () => frame(type.windowUpdate, 0, 0, uint32(1)),
      () => frame(0xee, 0, 0, 'x'),
    ];
    const ends = others.map(async (other) => {
      const { socket, reader } = await open();
      socket.write(ask(1, '/quick'));
      await reader.endOf(1);
      const begin = performance.now();
      const drip = setInterval(() => socket.writable && socket.write(other()), 100);
      await reader.end();
      clearInterval(drip);
      expect(performance.now() - begin).toBeLessThan(5000);
      expect(reader.frames.find(isGoaway)?.payload.readUInt32BE(4)).toBe(0);
    });
    await Promise.all(ends);
  });

  it('in the middle of a header section that never ends', async () => {
    const { socket, reader } = await open();
    socket.write(frame(type.headers, 0, 1, block([[':method', 'GET']])));
    await reader.end();
    expect(owed).toHaveLength(0);
  });

  it('but not while it has one', async () => {
    const { socket, reader } = await open();
    socket.write(ask(1, '/slow'));
    await owing(1);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    owed[0]?.end('late');
    expect(await reader.endOf(1)).toBe('whole');
    expect(reader.dataOf(1)).toBe('late');
  });
});

describe('streams of one session', () => {
  it('are served at once, and answered in any order', async () => {
    const { socket, reader } = await open();
    socket.write(Buffer.concat([ask(1, '/slow'), ask(3, '/slow'), ask(5, '/quick')]));
    expect(await reader.endOf(5)).toBe('whole');
    await owing(2);
    for (const response of owed) response.end('x');
    expect(await Promise.all([reader.endOf(1), reader.endOf(3)])).toEqual(['whole', 'whole']);
  });

  it('beyond what is allowed at once are refused, to be sent again, until the caller has heard of the limit', async () => {
    const { socket, reader } = await open();
    socket.write(Buffer.concat([1, 3, 5, 7, 9].map((stream) => ask(stream, '/slow'))));
    expect(await reader.endOf(9)).toBe(7);
    await owing(4);
    socket.write(ask(11, '/slow'));
    // RFC 9113 section 5.1.2 leaves it open: the library ends the session of who was told.
    expect(['cut', 7]).toContain(await reader.endOf(11));
    expect(owed).toHaveLength(4);
  });

  it('that are over make room for others', async () => {
    const { socket, reader } = await open();
    for (let stream = 1; stream < 40; stream += 2) {
      socket.write(ask(stream, '/quick'));
      expect(await reader.endOf(stream)).toBe('whole');
    }
  });

  it('that are reset at once get nowhere, and are counted', async () => {
    const { socket, reader } = await open();
    const before = proxy.records().length;
    for (let stream = 1; stream < 200; stream += 2) socket.write(Buffer.concat([ask(stream, '/slow'), reset(stream)]));
    socket.write(frame(type.ping, 0, 0, '12345678'));
    await reader.find(({ type: kind }) => kind === type.ping);
    socket.write(ask(201, '/quick'));
    expect(await reader.endOf(201)).toBe('whole');
    const records = proxy.records().slice(before);
    expect(records.filter(({ kind }) => kind === 'use').length).toBeLessThan(20);
  });

  it('that are reset one by one leave none of their requests at the destination', async () => {
    const { socket, reader } = await open();
    for (let stream = 1; stream < 20; stream += 2) {
      socket.write(ask(stream, '/slow'));
      await owing(1);
      const gone = once(owed.splice(0)[0] as ServerResponse, 'close');
      socket.write(reset(stream));
      await gone;
    }
    socket.write(ask(21, '/quick'));
    expect(await reader.endOf(21)).toBe('whole');
  });

  it('do not close one another: one is refused as malformed, the next is served', async () => {
    const { socket, reader } = await open();
    socket.write(Buffer.concat([ask(1, '/a#b'), ask(3, '/quick')]));
    await Promise.all([reader.endOf(1), reader.endOf(3)]);
    expect([reader.dataOf(1), reader.dataOf(3)]).toEqual([expect.stringContaining('bad_request'), 'ok']);
  });
});

describe('a proxy that is about to stop', () => {
  it('ends a session at once where nothing is under way', async () => {
    const own = await start('drain_timeout: 5s');
    const { socket, reader } = await open(own);
    socket.write(ask(1, '/quick'));
    await reader.endOf(1);
    const begin = performance.now();
    await Promise.all([own.close(), reader.end()]);
    expect(performance.now() - begin).toBeLessThan(3000);
    expect(reader.frames.find(isGoaway)).toBeDefined();
  });

  it('lets streams end that are under way, and says that later ones were not looked at', async () => {
    const own = await start('drain_timeout: 10s');
    const { socket, reader } = await open(own);
    socket.write(ask(1, '/slow'));
    await owing(1);
    const closed = own.close();
    const goaway = await reader.find(isGoaway);
    expect([goaway?.payload.readUInt32BE(0), goaway?.payload.readUInt32BE(4)]).toEqual([1, 0]);
    socket.write(ask(3, '/slow'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    owed[0]?.end('late');
    expect(await reader.endOf(1)).toBe('whole');
    await Promise.all([reader.end(), closed]);
    expect(reader.dataOf(1)).toBe('late');
    expect(owed).toHaveLength(1);
  });
});

describe('what a session is to a caller', () => {
  it('one for one name: the certificate holds no other, and nothing says that more may come here', async () => {
    const session = await openHttp2(proxy, `${api}:443`);
    const told: string[] = [];
    session.on('origin', () => told.push('origin')).on('altsvc', () => told.push('altsvc'));
    expect((await answerOf(session.request({ ':path': '/quick' }))).body).toBe('ok');
    const { subjectaltname } = (session.socket as TLSSocket).getPeerCertificate();
    expect(subjectaltname).toBe(`DNS:${api}`);
    expect(told).toEqual([]);
    expect(session.originSet).toHaveLength(1);
    expect(session.remoteSettings).toMatchObject({ maxConcurrentStreams: 4, enableConnectProtocol: false });
    session.destroy();
  });

  it('its preface on a connection that agreed on HTTP/1.1 is no request', async () => {
    const socket = await openSecureTunnel(proxy, `${api}:443`);
    const reader = new FrameReader(socket);
    socket.write(Buffer.concat([preface, ask(1, '/quick'), frame(type.data, flag.endStream, 1)]));
    await reader.end();
    expect(reader.dataOf(1)).toBe('');
  });
});
