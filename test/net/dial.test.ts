import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import type { Destination } from '../../src/net/destination.js';
import { dialTcp, dialTls } from '../../src/net/dial.js';
import { type Route, Vetter } from '../../src/net/vet.js';
import { parseAuthority } from '../../src/policy/authority.js';
import { serverCertificate, testAuthority } from '../support/certificates.js';

const authority = testAuthority();
const stranger = testAuthority('Stranger');
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server on a free port; it and its connections end with the test. */
async function listening(server: net.Server): Promise<number> {
  server.on('connection', (socket: net.Socket) => closing.push(() => socket.destroy()));
  closing.push(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** A TLS server that greets with the server name it was asked for, and its protocol. */
async function tlsServer(options: tls.TlsOptions): Promise<{ port: number; errors: string[] }> {
  const errors: string[] = [];
  const server = tls.createServer({ ALPNProtocols: ['h2', 'http/1.1'], ...options }, (socket) => {
    const name = (socket as tls.TLSSocket & { servername: string | false }).servername;
    socket.on('error', () => undefined).write(`${name === false ? 'no name' : name} ${socket.alpnProtocol as string}`);
  });
  server.on('tlsClientError', (error: Error) => errors.push(error.message));
  return { port: await listening(server), errors };
}

function routeTo(port: number, host = 'a.test', destination: Partial<Destination> = {}): Route {
  const address = `127.0.0.1:${port}`;
  const destinations = new Map([
    [host.includes(':') ? host : `${host}:443`, { address, allowPrivate: false, ...destination }],
  ]);
  const vetter = new Vetter({
    destinations,
    lookup: () => Promise.reject(new Error('a static address is not looked up')),
    isOwn: () => false,
    limits: { lookupTimeout: 1000, addressLifetime: 1000 },
    clock: { now: () => 0, elapsed: () => 0 },
    trust: [authority.certificatePem],
  });
  return vetter.vet(parseAuthority(host, 443)) as Route;
}

const options = { timeout: 5000, alpn: ['http/1.1'] };

async function refusal(dial: Promise<net.Socket>): Promise<Refusal> {
  try {
    closing.push(
      (
        (socket) => () =>
          socket.destroy()
      )(await dial),
    );
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal);
    return error as Refusal;
  }
  throw new Error('the connection was opened');
}

describe('dialling TLS refuses', () => {
  it.each([
    ['of another name', serverCertificate(authority, ['b.test']), 'a.test'],
    ['of a name below', serverCertificate(authority, ['www.a.test']), 'a.test'],
    ['of a name where an address was asked for', serverCertificate(authority, ['a.test']), '127.0.0.9'],
    ['of another address', serverCertificate(authority, ['127.0.0.8']), '127.0.0.9'],
    ['that has expired', serverCertificate(authority, ['a.test'], { expired: true }), 'a.test'],
    ['of a CA that is not trusted', serverCertificate(stranger, ['a.test']), 'a.test'],
  ])('a certificate %s, and tries nothing less', async (_, certificate, host) => {
    const { port, errors } = await tlsServer(certificate);
    expect((await refusal(dialTls(routeTo(port, host), options))).code).toBe('destination_certificate');
    expect(errors.length).toBeLessThanOrEqual(1);
  });

  it('a certificate that signed itself', async () => {
    const { port } = await tlsServer({
      cert: stranger.certificatePem,
      key: stranger.issuer.key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    });
    expect((await refusal(dialTls(routeTo(port), options))).code).toBe('destination_certificate');
  });

  it('the name of the request where the configuration names another', async () => {
    const { port } = await tlsServer(serverCertificate(authority, ['a.test']));
    const route = routeTo(port, 'a.test', { serverName: 'b.test' });
    expect((await refusal(dialTls(route, options))).code).toBe('destination_certificate');
  });

  it('TLS 1.1', async () => {
    const { port } = await tlsServer({
      ...serverCertificate(authority, ['a.test']),
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    expect((await refusal(dialTls(routeTo(port), options))).code).toBe('destination_protocol');
  });

  it('what does not speak TLS', async () => {
    const port = await listening(net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect((await refusal(dialTls(routeTo(port), options))).code).toBe('destination_protocol');
  });

  it('what closes before the handshake is done', async () => {
    const port = await listening(net.createServer((socket) => socket.destroy()));
    expect((await refusal(dialTls(routeTo(port), options))).code).toBe('destination_unreachable');
  });

  it('what never answers, in time', async () => {
    const port = await listening(net.createServer());
    expect((await refusal(dialTls(routeTo(port), { ...options, timeout: 50 }))).code).toBe('destination_timeout');
  });
});

describe('dialling TLS', () => {
  it.each([
    ['a.test', 'a.test', {}, 'a.test http/1.1'],
    ['a.test', 'b.test', { serverName: 'b.test' }, 'b.test http/1.1'],
    ['127.0.0.9', '127.0.0.9', {}, 'no name http/1.1'],
    ['a.test', '127.0.0.9', { serverName: '127.0.0.9' }, 'no name http/1.1'],
  ])('to %s accepts the certificate of %s with %j', async (host, certified, destination, greeting) => {
    const { port } = await tlsServer(serverCertificate(authority, [certified]));
    const socket = await dialTls(routeTo(port, host, destination), options);
    expect(String((await once(socket, 'data'))[0])).toBe(greeting);
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });

  it('trusts the certificates of the destination besides those for all', async () => {
    const { port } = await tlsServer(serverCertificate(stranger, ['a.test']));
    const socket = await dialTls(routeTo(port, 'a.test', { caPem: stranger.certificatePem }), options);
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('resumes the session of the same destination: %s', async (version) => {
    const { port } = await tlsServer({
      ...serverCertificate(authority, ['a.test', 'b.test']),
      minVersion: version,
      maxVersion: version,
    });
    const visit = async (route: Route): Promise<boolean> => {
      const socket = await dialTls(route, options);
      const reused = socket.isSessionReused();
      // In TLS 1.3 the ticket comes after the handshake, in TLS 1.2 it was there before.
      if (!reused && version === 'TLSv1.3') await once(socket, 'session');
      socket.destroy();
      return reused;
    };
    const route = routeTo(port);
    expect(await visit(route)).toBe(false);
    expect(await visit(route)).toBe(true);
    expect(await visit({ ...route, serverName: 'b.test' })).toBe(false);
  });
});

describe('dialling TCP', () => {
  it('refuses where nothing listens', async () => {
    const server = net.createServer();
    const port = await listening(server);
    server.close();
    await once(server, 'close');
    expect((await refusal(dialTcp(routeTo(port), options))).code).toBe('destination_unreachable');
  });

  it('gives up with its signal, before or while it dials', async () => {
    const port = await listening(net.createServer());
    const leaving = new Refusal('draining');
    const gone = AbortSignal.abort(leaving);
    expect(await refusal(dialTcp(routeTo(port), { ...options, signal: gone }))).toBe(leaving);
    const controller = new AbortController();
    const dialled = refusal(dialTls(routeTo(port), { ...options, signal: controller.signal }));
    controller.abort();
    expect((await dialled).code).toBe('destination_unreachable');
  });

  it('goes to a later address where the first does not answer, and asks no resolver', async () => {
    const port = await listening(net.createServer());
    const route = routeTo(port);
    const addresses = [
      { address: '127.0.0.77', family: 4 as const },
      { address: '::1', family: 6 as const },
      ...route.addresses,
    ];
    const socket = await dialTcp({ ...route, addresses }, options);
    expect(socket.remoteAddress).toBe('127.0.0.1');
    socket.destroy();
  });

  it('does not end the process where the connection breaks before anybody listens', async () => {
    const port = await listening(net.createServer());
    const socket = await dialTcp(routeTo(port), options);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.destroy(new Error('broken'));
    expect(await closed).toBe(true);
  });
});
