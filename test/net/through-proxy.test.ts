import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { dial, dialTcp, dialTls } from '../../src/net/dial.js';
import { UpstreamProxy } from '../../src/net/upstream-proxy.js';
import { Vetter, type Route } from '../../src/net/vet.js';
import { parseAuthority } from '../../src/policy/authority.js';
import { serverCertificate, testAuthority } from '../support/certificates.js';
import { answering, connectingTo, startCorporateProxy, type Conduct } from '../support/corporate-proxy.js';

const authority = testAuthority();
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A route to a.example.com that leads through a proxy of this conduct. */
async function routeThrough(conduct: Conduct): Promise<{ route: Route; sockets: Set<Socket> }> {
  const corporate = await startCorporateProxy(conduct);
  closing.push(() => corporate.close());
  const common = {
    lookup: () => Promise.reject(new Error('nothing is looked up')),
    isOwn: () => false,
    limits: { lookupTimeout: 1000, addressLifetime: 1000 },
    clock: { now: () => 0, elapsed: () => 0 },
  };
  const at = parseAuthority(`127.0.0.1:${corporate.port}`);
  const own = { secure: false, caPem: undefined, credentials: undefined, direct: [] };
  const proxy = new UpstreamProxy({ ...common, ...own, authority: at });
  const vetter = new Vetter({ ...common, destinations: new Map(), trust: [authority.certificatePem], proxy });
  return { route: vetter.vet(parseAuthority('a.example.com:443')) as Route, sockets: corporate.sockets };
}

const options = { timeout: 5000, alpn: ['http/1.1'] };
const established = 'HTTP/1.1 200 OK\r\n\r\n';

describe('a connection through a proxy that fails', () => {
  it.each([
    ['while it waits for the answer', answering()],
    ['in the TLS handshake inside', answering(established)],
    ['by an answer that is none', answering('nonsense\r\n\r\n')],
    ['by an answer that says no', answering('HTTP/1.1 403 No\r\n\r\n')],
    ['by garbage where TLS should be', answering(established, 'garbage garbage garbage')],
  ])('%s leaves nothing open', async (_, conduct) => {
    const { route, sockets } = await routeThrough(conduct);
    await expect(dialTls(route, { ...options, timeout: 200 })).rejects.toMatchObject({ name: 'Refusal' });
    for (const socket of sockets) if (!socket.destroyed) await once(socket, 'close');
    expect(sockets.size).toBe(0);
  });

  it('by its caller leaves nothing open either', async () => {
    const { route, sockets } = await routeThrough(answering());
    const controller = new AbortController();
    const dialled = dialTls(route, { ...options, signal: controller.signal });
    while (sockets.size === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await expect(dialled).rejects.toMatchObject({ code: 'destination_unreachable' });
    for (const socket of sockets) if (!socket.destroyed) await once(socket, 'close');
    expect(sockets.size).toBe(0);
  });
});

describe('what comes in one piece with the answer of a proxy', () => {
  it('is the first that is read of the connection', async () => {
    const { route } = await routeThrough(answering(`${established}220 hello`, ' there'));
    const socket = await dialTcp(route, options);
    closing.push(() => socket.destroy());
    let text = '';
    for await (const chunk of socket) {
      text += String(chunk);
      if (text.length >= 15) break;
    }
    expect(text).toBe('220 hello there');
  });

  it('goes into the TLS inside', async () => {
    const { route } = await routeThrough(answering(`${established}garbage where TLS should be`));
    await expect(dialTls(route, options)).rejects.toMatchObject({ code: 'destination_protocol' });
  });
});

describe('a connection through a proxy', () => {
  it('resumes no session that was opened without it', async () => {
    const server = createTls(serverCertificate(authority, ['a.example.com']), (inner) => {
      inner.on('error', () => undefined).write('hello');
    });
    closing.push(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const { route } = await routeThrough(connectingTo(() => port));
    const visit = async (way: Route): Promise<boolean> => {
      const socket = await dialTls(way, options);
      closing.push(() => socket.destroy());
      const reused = socket.isSessionReused();
      if (!reused) await once(socket, 'session');
      socket.destroy();
      return reused;
    };
    const direct = { ...route, port, addresses: [{ address: '127.0.0.1', family: 4 as const }] };
    Reflect.deleteProperty(direct, 'via');
    const inside = { ...route, port };
    expect([await visit(direct), await visit(inside), await visit(inside), await visit(direct)]).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it.each(['http', 'https'] as const)('is ready for %s, and closes below as it closes', async (scheme) => {
    const certificate = serverCertificate(authority, ['a.example.com']);
    const server = scheme === 'https' ? createTls(certificate) : createServer();
    closing.push(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { route, sockets } = await routeThrough(connectingTo(() => (server.address() as AddressInfo).port));
    const socket = await dial(route, scheme, options);
    expect(sockets.size).toBe(1);
    socket.destroy();
    for (const below of sockets) if (!below.destroyed) await once(below, 'close');
    expect(sockets.size).toBe(0);
  });
});
