import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { createSecureServer } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureVersion, TLSSocket } from 'node:tls';
import { serverCertificate, type TestAuthority } from './certificates.js';

/** What the server has seen of a request's connection. */
export interface Seen {
  /** Common name of the certificate that was shown; undefined for none. */
  readonly name: string | undefined;
  /** Which connection, counted from 1. */
  readonly connection: number;
  readonly reused: boolean;
  readonly version: string;
  readonly tls: string | null;
}

export interface CertificateServer {
  readonly port: number;
  readonly seen: Seen[];
  close(): Promise<void>;
}

export interface CertificateServerOptions {
  readonly authority: TestAuthority;
  readonly names: readonly string[];
  /** Whom it believes who a client is: PEM. */
  readonly clientCa: readonly string[];
  readonly version?: SecureVersion;
  readonly http2?: boolean;
  /** Takes requests on connections that show none, too. */
  readonly optional?: boolean;
  readonly answer?: (request: IncomingMessage, response: ServerResponse, seen: Seen) => void;
}

/** A destination that asks for a client certificate, verifies it, and says whose it was. */
export async function startCertificateServer(options: CertificateServerOptions): Promise<CertificateServer> {
  const { authority, names, clientCa, version, http2 = false, optional = false } = options;
  const sockets = new Set<Socket>();
  const ports: (number | undefined)[] = [];
  const seen: Seen[] = [];
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const { stream } = request as { stream?: { session: { socket: unknown } } };
    const socket = (stream?.session.socket ?? request.socket) as Pick<
      TLSSocket,
      'getPeerCertificate' | 'isSessionReused' | 'getProtocol' | 'remotePort'
    >;
    // Undefined for a socket that was destroyed.
    const { subject } = socket.getPeerCertificate() as { subject?: { CN?: string | string[] } };
    const one: Seen = {
      name: subject?.CN === undefined ? undefined : String(subject.CN),
      connection: ports.indexOf(socket.remotePort) + 1,
      reused: socket.isSessionReused(),
      version: request.httpVersion,
      tls: socket.getProtocol(),
    };
    seen.push(one);
    if (options.answer === undefined) response.end(JSON.stringify(one));
    else options.answer(request, response, one);
  };
  const tls = {
    ...serverCertificate(authority, names),
    ca: [...clientCa],
    requestCert: true,
    rejectUnauthorized: !optional,
    ...(version === undefined ? {} : { minVersion: version, maxVersion: version }),
  };
  const server = http2
    ? createSecureServer({ ...tls, allowHTTP1: true }, onRequest as never)
    : createServer(tls, onRequest);
  server.on('secureConnection', (socket: Socket) => {
    sockets.add(socket);
    ports.push(socket.remotePort);
    socket.on('error', () => undefined);
  });
  server.on('sessionError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
