import { createServer, type Server } from 'node:https';
import { createServer as createPlain, type IncomingMessage } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { serverCertificate, testAuthority } from '../support/certificates.js';

/** A request as a backend of a test gets it: the body whole, names of fields in lower case. */
export interface BackendRequest {
  readonly method: string;
  /** As it came, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The common name of the certificate that the client has shown. */
  readonly clientName: string | undefined;
}

export interface BackendReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | object;
}

export type BackendHandler = (request: BackendRequest) => BackendReply | Promise<BackendReply>;

/** What a backend does instead of answering as it should. */
export type Fault =
  | 'never'
  | 'hang up'
  | 'half an answer'
  | 'redirect'
  | 'huge'
  | 'empty'
  | 'html'
  | 'not utf-8'
  | 'coded'
  | 'status 429'
  | 'status 500'
  | 'status 503';

export interface BackendServer {
  /** `https://localhost:PORT`. */
  readonly address: string;
  readonly port: number;
  /** A file of the CA to trust for it. */
  readonly caFile: string;
  readonly folder: string;
  readonly requests: BackendRequest[];
  /** Also what a server that it redirects to has received: must stay empty. */
  readonly elsewhere: BackendRequest[];
  fault: Fault | undefined;
  /** How many connections there are to it. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/**
 * A real HTTPS server of a test's own CA that answers by `handler`, and badly by `fault`. `clientCa`: clients may show a certificate, and
 * what they show is told if it is of this CA (PEM). `names`: of its certificate.
 */
export async function startBackend(
  handler: BackendHandler,
  { names = ['localhost'], clientCa }: { names?: readonly string[]; clientCa?: string } = {},
): Promise<BackendServer> {
  const authority = testAuthority();
  const folder = mkdtempSync(join(tmpdir(), 'keywright-backend-'));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, authority.certificatePem);
  const requests: BackendRequest[] = [];
  const elsewhere: BackendRequest[] = [];
  const other = createPlain((request, response) => {
    void read(request).then((it) => elsewhere.push(it));
    response.end('{}');
  });
  const otherPort = await listening(other as unknown as Server);
  const server = createServer(
    {
      ...serverCertificate(authority, [...names]),
      ...(clientCa !== undefined && { ca: clientCa, requestCert: true, rejectUnauthorized: false }),
    },
    (request, response) => {
      void read(request).then(async (it) => {
        requests.push(it);
        const { fault } = state;
        switch (fault) {
          case 'never':
            return;
          case 'hang up':
            return void request.socket.destroy();
          case 'half an answer':
            response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
            response.write('{"data"');
            return void setTimeout(() => request.socket.destroy(), 20);
          case 'redirect':
            return void response.writeHead(307, { location: `http://127.0.0.1:${otherPort}${it.path}` }).end();
          case 'huge': {
            response.writeHead(200, { 'content-type': 'application/json' });
            const piece = Buffer.alloc(256 * 1024, 'x');
            for (let sent = 0; sent < 64 && !response.destroyed; sent += 1) {
              if (!response.write(piece))
                await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
            }
            return void response.end();
          }
          case 'empty':
            return void response.writeHead(200).end();
          case 'html':
            return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>sign in</html>');
          case 'not utf-8':
            return void response.writeHead(200).end(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
          case 'coded':
            return void response.writeHead(200, { 'content-encoding': 'gzip' }).end('{}');
          case 'status 429':
            return void response.writeHead(429, { 'retry-after': '7', 'content-type': 'application/json' }).end('{}');
          case 'status 500':
          case 'status 503':
            return void response.writeHead(Number(fault.slice(7)), { 'content-type': 'application/json' }).end('{}');
          case undefined: {
            const { status, headers = {}, body = '' } = await handler(it);
            const content = typeof body === 'string' ? body : JSON.stringify(body);
            response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(content);
          }
        }
      });
    },
  );
  const port = await listening(server);
  const state: BackendServer = {
    address: `https://localhost:${port}`,
    port,
    caFile,
    folder,
    requests,
    elsewhere,
    fault: undefined,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      }),
    async close() {
      for (const one of [server, other]) {
        one.closeAllConnections();
        await new Promise((resolve) => one.close(resolve));
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return state;
}

async function read(request: IncomingMessage): Promise<BackendRequest> {
  const { method = '', url = '', headers, socket } = request;
  const { subject } =
    'getPeerCertificate' in socket ? (socket as TLSSocket).getPeerCertificate() : { subject: undefined };
  const isKnown = 'authorized' in socket && socket.authorized === true;
  const body = await text(request).catch(() => '');
  const clientName = isKnown && typeof subject?.CN === 'string' ? subject.CN : undefined;
  return { method, path: url, headers, body, clientName };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
