import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { serverCertificate, type TestAuthority } from './certificates.js';

/** A destination on 127.0.0.1 that remembers what arrived. */
export interface Origin {
  readonly port: number;
  /** Every request head that arrived, in order: method, url and raw headers. */
  readonly seen: { method: string; url: string; rawHeaders: string[]; body: Buffer }[];
  close(): Promise<void>;
}

const echo: RequestListener = (_, response) => response.end('ok');

/** An HTTP/1.1 server under the given names; over TLS where there is an authority. */
export async function startOrigin(
  authority: TestAuthority | undefined,
  names: readonly string[],
  listener: RequestListener = echo,
): Promise<Origin> {
  const seen: Origin['seen'] = [];
  const onRequest: RequestListener = (request, response) => {
    const record = {
      method: request.method ?? '',
      url: request.url ?? '',
      rawHeaders: request.rawHeaders,
      body: Buffer.alloc(0),
    };
    seen.push(record);
    void collect(request, record);
    listener(request, response);
  };
  const server =
    authority === undefined
      ? createHttp(onRequest)
      : createHttps({ ...serverCertificate(authority, names) }, onRequest);
  const port = await listening(server);
  return { port, seen, close: () => closing(server, () => server.closeAllConnections()) };
}

async function collect(request: IncomingMessage, record: { body: Buffer }): Promise<void> {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => request.once('close', resolve));
  record.body = Buffer.concat(chunks);
}

/** A destination that speaks in literal bytes: `speak` gets each connection after its TLS handshake. */
export async function startRawOrigin(
  authority: TestAuthority | undefined,
  names: readonly string[],
  speak: (socket: Socket) => void,
  alpn: readonly string[] = [],
): Promise<{ readonly port: number; readonly connections: () => number; cut(): void; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const onSocket = (socket: Socket): void => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    speak(socket);
  };
  const server =
    authority === undefined
      ? createTcp(onSocket)
      : createTls({ ...serverCertificate(authority, names), ALPNProtocols: [...alpn] }, onSocket);
  const port = await listening(server);
  const destroyAll = (): void => sockets.forEach((socket) => socket.destroy());
  return { port, connections: () => connections, cut: destroyAll, close: () => closing(server, destroyAll) };
}

async function listening(server: Server | TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function closing(server: Server | TcpServer, cut: () => void): Promise<void> {
  cut();
  await new Promise((resolve) => server.close(resolve));
}
