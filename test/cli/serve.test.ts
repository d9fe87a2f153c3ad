import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connect as connectTls } from 'node:tls';
import { testAuthority } from '../support/certificates.js';
import { startRawOrigin } from '../support/origin.js';
import { converse, readHead } from '../support/proxy.js';
import { proxyAuthorization, readAll, startServe, type Serving } from '../support/serve.js';

jest.setTimeout(20_000);

const api = 'api.example.com';
const blind = 'blind.example.com';
const authority = testAuthority();
const first = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345';
let origin: Awaited<ReturnType<typeof startRawOrigin>>;
let serving: Serving | undefined;
/** Ends every answer that is under way. */
let finish = (): void => undefined;

beforeAll(async () => {
  const waiting = new Set<Socket>();
  origin = await startRawOrigin(authority, [api, blind], (socket) => {
    socket.on('data', (piece) => {
      const text = piece.toString('latin1');
      if (/^GET \/whole/.test(text)) socket.write(`${first}67890`);
      if (/^GET \/half/.test(text)) socket.write(first);
      if (/^GET \/(half|late)/.test(text)) waiting.add(socket);
    });
    finish = () => {
      for (const one of waiting) one.write('67890');
      waiting.clear();
    };
  });
});
afterAll(() => origin.close());
afterEach(() => serving?.close());

async function start(limits = 'drain_timeout: 5s'): Promise<Serving> {
  serving = await startServe({
    authority,
    origins: { [`${api}:443`]: origin.port, [`${blind}:443`]: origin.port },
    yaml: [
      'listen: { proxy: ["127.0.0.1:0"], admin: "unix:./admin.sock" }',
      `policies: [{ name: api, hosts: [${api}] }, { name: blind, hosts: [${blind}], action: tunnel }]`,
      `limits: { audit_delay: 0s, ${limits} }`,
    ].join('\n'),
  });
  return serving;
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: ${api}\r\n\r\n`;
const ready = async (of: Serving): Promise<string> => {
  const socket = connect(join(of.folder, 'admin.sock'));
  const text = await converse(socket, 'GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  return text.slice(9, 12);
};
const kinds = (of: Serving): string[] => of.records().map(({ kind }) => kind);

describe('SIGTERM', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s to an idle proxy ends it with code 0 and a last record',
    async (signal) => {
      const it = await start();
      expect(await ready(it)).toBe('200');
      it.signal(signal);
      expect(await it.ended).toBe(0);
      expect(kinds(it).slice(-2)).toEqual(['stop', 'checkpoint']);
    },
  );

  it('makes it not ready first, for as long as the configuration says, while it goes on serving', async () => {
    const it = await start('drain_timeout: 5s, drain_delay: 700ms');
    const draining = it.logged(/^draining$/);
    const begin = performance.now();
    it.signal('SIGTERM');
    await draining;
    expect(await ready(it)).toBe('503');
    expect(await it.get(`${api}:443`, '/whole')).toMatch(/^HTTP\/1\.1 200 [^]*1234567890$/);
    expect(await it.ended).toBe(0);
    expect(performance.now() - begin).toBeGreaterThan(650);
  });

  it('lets answers end, closes what is idle, and takes nothing new', async () => {
    const it = await start();
    const [idle, half] = [await it.tunnel(`${api}:443`), await it.tunnel(`${api}:443`)];
    const late = await it.tunnel(`${api}:443`);
    expect(await converse(idle, get('/whole'), /67890$/)).toMatch(/^HTTP\/1\.1 200 /);
    const texts = [readAll(half, get('/half')), readAll(late, get('/late'))];
    await once(half, 'data');
    const draining = it.logged(/^draining$/);
    it.signal('SIGTERM');
    await draining;
    if (!idle.closed) await once(idle.resume(), 'close');
    const [{ code }] = (await once(it.open(), 'error')) as [{ code: string }];
    // One that the system had taken already is reset.
    expect(code).toMatch(/^ECONN(REFUSED|RESET)$/);
    expect(await ready(it)).toBe('503');
    finish();
    expect(await texts[0]).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*1234567890$/);
    // Its destination said no head: what comes is no answer, but it comes.
    expect(await texts[1]).toMatch(/^HTTP\/1\.1 502 [^]*Connection: close/i);
    expect(await it.ended).toBe(0);
    expect(kinds(it).slice(-4)).toEqual(['end', 'end', 'stop', 'checkpoint']);
  });

  it('tells in the next answer of a connection that it is the last', async () => {
    const it = await start();
    const socket = await it.tunnel(`${api}:443`);
    const text = readAll(socket, get('/half'));
    await once(socket, 'data');
    const draining = it.logged(/^draining$/);
    it.signal('SIGTERM');
    await draining;
    socket.write(get('/whole'));
    finish();
    expect(await text).toMatch(/1234567890(HTTP\/1\.1 200 OK\r\n[^]*Connection: close\r\n[^]*1234567890)?$/i);
    expect(await it.ended).toBe(0);
  });

  it('cuts tunnels, and requests that do not end, when the time for it is over', async () => {
    const it = await start('drain_timeout: 600ms');
    const half = await it.tunnel(`${api}:443`);
    half.write(get('/half'));
    await once(half, 'data');
    const socket = it.open(`CONNECT ${blind}:443 HTTP/1.1\r\n${proxyAuthorization('desk', it.token)}\r\n`);
    expect(await readHead(socket)).toMatch(/^HTTP\/1\.1 200 /);
    const tunnel = connectTls({ socket, servername: blind, ca: authority.certificatePem });
    tunnel.on('error', () => undefined);
    await once(tunnel, 'secureConnect');
    const begin = performance.now();
    it.signal('SIGTERM');
    expect(await it.ended).toBe(0);
    expect(performance.now() - begin).toBeGreaterThan(550);
    expect(performance.now() - begin).toBeLessThan(4000);
    expect(kinds(it).slice(-4)).toEqual(['end', 'end', 'stop', 'checkpoint']);
  });

  it.each<[NodeJS.Signals, number]>([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ])('and then %s ends it at once with code %d, and still a last record', async (second, expected) => {
    const it = await start('drain_timeout: 1h, drain_delay: 1h');
    const half = await it.tunnel(`${api}:443`);
    half.write(get('/half'));
    await once(half, 'data');
    const draining = it.logged(/^draining$/);
    it.signal('SIGTERM');
    await draining;
    const begin = performance.now();
    it.signal(second);
    expect(await it.ended).toBe(expected);
    expect(performance.now() - begin).toBeLessThan(3000);
    expect(kinds(it).slice(-3)).toEqual(['end', 'stop', 'checkpoint']);
  });

  it('is not held up by a SIGHUP, which then changes nothing', async () => {
    const it = await start('drain_delay: 500ms');
    const draining = it.logged(/^draining$/);
    it.signal('SIGTERM');
    await draining;
    it.write('nonsense');
    it.signal('SIGHUP');
    expect(await it.ended).toBe(0);
    expect(it.log.filter(({ msg }) => /reload/.test(msg))).toEqual([]);
  });
});
