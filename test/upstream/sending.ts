import { once } from 'node:events';
import {
  createSecureServer,
  type Http2SecureServer,
  type SecureServerOptions,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { HeaderList } from '../../src/core/header-list.js';
import { defaultLimits, type Limits } from '../../src/core/limits.js';
import { Vetter, type Route } from '../../src/net/vet.js';
import { parseAuthority } from '../../src/policy/authority.js';
import { Sender, type Outgoing } from '../../src/upstream/send.js';
import type { Received } from '../../src/upstream/reception.js';
import { serverCertificate, testAuthority } from '../support/certificates.js';
import { type } from '../support/http2-frames.js';
import { FramePeer } from '../support/http2-server-frames.js';
import { startRawOrigin } from '../support/origin.js';
import type { Recorded } from './recorded.js';

export const authority = testAuthority();
export const closing: (() => Promise<unknown>)[] = [];

/** For `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

/** A route to a server under the name a.test that the test's own CA has made certificates for. */
export function secureRoute(port: number): Route {
  const vetter = new Vetter({
    destinations: new Map([['a.test:443', { address: `127.0.0.1:${port}`, allowPrivate: false }]]),
    lookup: () => Promise.reject(new Error('a static address is not looked up')),
    isOwn: () => false,
    limits: { lookupTimeout: 1000, addressLifetime: 1000 },
    clock: { now: () => 0, elapsed: () => 0 },
    trust: [authority.certificatePem],
  });
  return vetter.vet(parseAuthority('a.test', 443)) as Route;
}

type Sending = Partial<Omit<Outgoing, 'head'>> & { readonly method?: string; readonly headers?: string[] };

/** What sends requests to that server, in HTTP/2 unless told otherwise. */
export function senderTo(port: number, limits: Partial<Limits> = {}) {
  const sender = new Sender({ ...defaultLimits, ...limits });
  closing.push(() => sender.close());
  const route = secureRoute(port);
  return (answer: Recorded, { method = 'GET', headers = [], body, ...more }: Sending = {}): Promise<Received> =>
    sender.send(
      {
        target: { scheme: 'https', authority: route.authority },
        route,
        caller: { client: 'desk' },
        head: { method, path: '/path?query', headers: new HeaderList(headers) },
        body,
        trailers: new HeaderList(),
        chunked: body !== undefined,
        injections: [],
        credentials: new Map(),
        upgrade: undefined,
        takesTrailers: false,
        version: '2',
        ...more,
      },
      answer,
    );
}

export interface Http2Origin {
  readonly port: number;
  readonly server: Http2SecureServer;
  /** Connections that were made, by the protocol that was agreed on. */
  readonly connections: string[];
}

/** Node's own server, of HTTP/2 alone unless told otherwise. */
export async function startHttp2Origin(
  onStream: (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void,
  options: SecureServerOptions = {},
): Promise<Http2Origin> {
  const server = createSecureServer({ ...serverCertificate(authority, ['a.test']), ...options });
  const connections: string[] = [];
  const sockets = new Set<Socket>();
  server.on('secureConnection', (socket: TLSSocket) => {
    connections.push(String(socket.alpnProtocol));
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.on('sessionError', () => undefined);
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    onStream(stream, headers);
  });
  if (options.allowHTTP1 === true)
    server.on('request', (request, response) => {
      if (request.httpVersion === '1.1') response.end('HTTP/1.1');
    });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, server, connections };
}

/** A destination of HTTP/2 alone that the test plays frame by frame: `play` gets each connection, its settings sent. */
export async function startFrameOrigin(play: (peer: FramePeer, connection: number) => Promise<void>, alpn = ['h2']) {
  let count = 0;
  const speak = (socket: Socket): void => {
    count += 1;
    const peer = new FramePeer(socket);
    peer.settings();
    peer.send(type.settings, 1, 0);
    play(peer, count).catch(() => undefined);
  };
  const origin = await startRawOrigin(authority, ['a.test'], speak, alpn);
  closing.push(() => origin.close());
  return origin;
}
