import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { WebSocketServer, type WebSocket } from 'ws';
import { serverCertificate, testAuthority } from '../support/certificates.js';

/** A request as a vendor sees it, all of it. */
export interface Asked {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Said {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json: unknown;
}

export interface Vendor {
  readonly hosts: readonly string[];
  /** Does it show the real credential, in the form that the vendor wants? */
  readonly isKnown: (asked: Asked) => boolean;
  /** Undefined for what no test expects. */
  readonly answer: (asked: Asked) => Said | undefined;
  readonly onSocket?: (socket: WebSocket, host: string) => void;
}

/** Local stand-ins for the vendors' own servers. */
export interface VendorServer {
  readonly port: number;
  readonly folder: string;
  /** A configuration with nothing but the ways there and the audit folder: the rest is what `run` makes of the catalogue. */
  readonly config: string;
  /** Another one, with more in it. */
  configure(name: string, more: readonly string[]): string;
  /** Certificates that the vendors' are signed with. */
  readonly caFile: string;
  /** All that arrived, each request and each message as one text. */
  readonly arrived: string[];
  /** What was not to arrive: requests without their credential, or that nobody expects. */
  readonly refused: string[];
  audit(): string;
  close(): Promise<void>;
}

export async function startVendors(vendors: readonly Vendor[]): Promise<VendorServer> {
  const hosts = vendors.flatMap((vendor) => vendor.hosts);
  const authority = testAuthority();
  const arrived: string[] = [];
  const refused: string[] = [];
  const https = createServer(serverCertificate(authority, hosts));
  const of = (host: string): Vendor | undefined => vendors.find((vendor) => vendor.hosts.includes(host));
  https.on('request', (request, response) => {
    void buffer(request).then((body) => {
      const { method = '', headers, rawHeaders } = request;
      const host = headers.host ?? '';
      const { pathname: path, searchParams: query } = new URL(request.url ?? '', `https://${host}`);
      const asked = { method, host, path, query, headers, body };
      arrived.push(`${method} ${request.url ?? ''}\n${rawHeaders.join('\n')}\n${body.toString('latin1')}`);
      const { status = 200, headers: fields, json } = answerOf(of(host), asked, refused);
      response.writeHead(status, { 'content-type': 'application/json', ...fields });
      response.end(typeof json === 'string' ? json : JSON.stringify(json));
    });
  });
  const sockets = new WebSocketServer({ noServer: true });
  https.on('upgrade', (request, socket, head) => {
    const host = request.headers.host ?? '';
    arrived.push(`${request.url ?? ''}\n${request.rawHeaders.join('\n')}`);
    sockets.handleUpgrade(request, socket, head, (one) => {
      one.on('message', (data) => arrived.push((data as Buffer).toString('utf8')));
      of(host)?.onSocket?.(one, host);
    });
  });
  https.listen(0, '127.0.0.1');
  await once(https, 'listening');
  const { port } = https.address() as AddressInfo;
  const folder = mkdtempSync(join(tmpdir(), 'keywright-vendors-'));
  const caFile = join(folder, 'vendors-ca.pem');
  writeFileSync(caFile, authority.certificatePem);
  const ways = hosts.map((host) => `  ${host}: { address: "127.0.0.1:${port}", ca_file: ${JSON.stringify(caFile)} }`);
  const configure = (name: string, more: readonly string[]): string => {
    const path = join(folder, name);
    const lines = ['version: 1', 'audit: [{ type: file, dir: ./audit }]', ...more, 'destinations:', ...ways, ''];
    writeFileSync(path, lines.join('\n'), { mode: 0o600 });
    return path;
  };
  const config = configure('keywright.yaml', []);
  return {
    ...{ port, folder, config, configure, caFile, arrived, refused },
    audit() {
      const at = join(folder, 'audit');
      return readdirSync(at)
        .map((name) => readFileSync(join(at, name), 'utf8'))
        .join('');
    },
    async close() {
      sockets.clients.forEach((socket) => socket.terminate());
      https.closeAllConnections();
      await new Promise((resolve) => https.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

function answerOf(vendor: Vendor | undefined, asked: Asked, refused: string[]): Said {
  const { method, host, path } = asked;
  if (vendor?.isKnown(asked) !== true) {
    refused.push(`${method} ${host}${path} without its credential`);
    return { status: 401, json: { message: 'Bad credentials' } };
  }
  const said = vendor.answer(asked);
  if (said !== undefined) return said;
  refused.push(`${method} ${host}${path}, which nobody expects`);
  return { status: 404, json: { message: 'Not found' } };
}
