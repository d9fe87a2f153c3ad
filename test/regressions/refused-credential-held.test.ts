import { EventEmitter, once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fetch } from 'undici';
import { serverCertificate, testAuthority } from '../support/certificates.js';
import { answerOf, openHttp2 } from '../support/http2-caller.js';
import { startOrigin, startRawOrigin } from '../support/origin.js';
import { generatedSecret, openTunnel, startProxy, type TestProxy } from '../support/proxy.js';

const host = 'api.example.com';
const authority = testAuthority();
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(port: number, source: string, secret: string): Promise<TestProxy> {
  const proxy = await startProxy({
    authority,
    origins: { [`${host}:443`]: port },
    yaml: [
      `secrets: { api: { ${source}, hosts: [${host}] } }`,
      `policies: [{ name: api, hosts: [${host}], inject: [{ place: header, name: authorization, template: "Bearer {api}" }] }]`,
    ].join('\n'),
    environment: { PATH: process.env['PATH'] ?? '' },
  });
  closing.push(() => proxy.close());
  writeFileSync(join(proxy.folder, 'key'), secret, { mode: 0o600 });
  return proxy;
}

const told = (proxy: TestProxy): string[] =>
  proxy
    .records()
    .filter(({ kind }) => ['use', 'end', 'refused'].includes(kind))
    .map(({ kind, code, status }) => [kind, code, status].filter(Boolean).join(' '));

async function inside(proxy: TestProxy): Promise<{ tls: TLSSocket; text: () => string; reset: () => void }> {
  const { socket } = await openTunnel(proxy, `${host}:443`);
  const tls = connectTls({ socket, servername: host, ca: proxy.trustPem, ALPNProtocols: ['http/1.1'] });
  let text = '';
  tls.on('data', (piece: Buffer) => (text += piece.toString('latin1'))).on('error', () => undefined);
  await once(tls, 'secureConnect');
  closing.push(() => tls.destroy());
  return { tls, text: () => text, reset: () => socket.resetAndDestroy() };
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

describe('an answer of 401 that is held while its source is asked', () => {
  // It has come whole by then: what a session has kept back comes all at once.
  it.each([0, 20, 30_000])('comes in its order and scrubbed, with %d more bytes, from HTTP/2', async (more) => {
    const secret = generatedSecret();
    const server = createSecureServer({ ...serverCertificate(authority, [host]) });
    server.on('stream', (stream, headers) => {
      stream.respond({ ':status': 401 });
      stream.end(`you sent ${String(headers.authorization)}${'.'.repeat(more)}`);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    closing.push(() => server.close());
    const proxy = await start((server.address() as AddressInfo).port, 'from: file, path: ./key', secret);
    const masked = `you sent Bearer ${'*'.repeat(secret.length)}${'.'.repeat(more)}`;
    const session = await openHttp2(proxy, `${host}:443`);
    closing.push(() => session.destroy());
    expect(await answerOf(session.request({ ':path': '/' }))).toMatchObject({ status: 401, body: masked });
    const dispatcher = proxy.agent();
    const answer = await fetch(`https://${host}/`, { dispatcher });
    expect([answer.status, await answer.text()]).toEqual([401, masked]);
    await dispatcher.close();
    expect(told(proxy)).toEqual(['use', 'end ok 401', 'use', 'end ok 401']);
  });

  it('hides the first credential in the answer to the second, too', async () => {
    const [old, current] = [generatedSecret(), generatedSecret()];
    const origin = await startOrigin(authority, [host], (request, response) => {
      if (request.headers.authorization === `Bearer ${current}`)
        return void response.end(`before: ${old}, now: ${current}`);
      writeFileSync(join(proxy.folder, 'key'), current, { mode: 0o600 });
      response.writeHead(401).end();
    });
    closing.push(() => origin.close());
    const proxy = await start(origin.port, 'from: file, path: ./key', old);
    const dispatcher = proxy.agent();
    const text = await (await fetch(`https://${host}/`, { dispatcher })).text();
    await dispatcher.close();
    expect(text).toBe(`before: ${'*'.repeat(old.length)}, now: ${'*'.repeat(current.length)}`);
  });

  it('leaves its connection, once it has come whole, to the next request, whatever its caller does', async () => {
    const arrivals = new EventEmitter();
    const arrived = once(arrivals, 'victim') as Promise<[Socket]>;
    const origin = await startRawOrigin(authority, [host], (socket) => {
      socket.on('data', (piece: Buffer) => {
        if (piece.includes('GET /401')) socket.write('HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno');
        else arrivals.emit('victim', socket);
      });
    });
    closing.push(() => origin.close());
    const slow = '[/bin/sh, -c, "test -e ./once && touch ./again && sleep 3; touch ./once; cat ./key"]';
    const proxy = await start(origin.port, `from: exec, command: ${slow}`, generatedSecret());
    const [attacker, victim] = [await inside(proxy), await inside(proxy)];
    attacker.tls.write(get('/401'));
    // The source is being asked again: the 401 has come, and is held.
    while (!existsSync(join(proxy.folder, 'again'))) await delay(20);
    victim.tls.write(get('/work'));
    const [to] = await arrived;
    attacker.reset();
    await delay(200);
    expect(origin.connections()).toBe(1);
    to.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nvictim');
    await once(victim.tls, 'data');
    expect(victim.text()).toMatch(/^HTTP\/1\.1 200 OK[^]*victim$/);
  });
});
