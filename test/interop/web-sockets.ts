import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { WebSocket, WebSocketServer, type ClientOptions, type ServerOptions } from 'ws';
import { serverCertificate, testAuthority } from '../support/certificates.js';
import { generatedSecret, openSecureTunnel, startProxy, type AuditRecord, type TestProxy } from '../support/proxy.js';

export const gateway = 'gateway.example.com';

/** What a destination does with a connection. */
export type Behaviour = (socket: WebSocket, request: IncomingMessage) => void;

/** A running proxy, and a real WebSocket server behind it. */
export interface WebSocketWorld {
  readonly proxy: TestProxy;
  readonly secret: string;
  readonly placeholder: string;
  readonly server: WebSocketServer;
  /** Raw connections that the destination has open. */
  readonly sockets: ReadonlySet<Socket>;
  behave(behaviour: Behaviour): void;
  /** A real client, inside a tunnel of the proxy. */
  open(path?: string, protocols?: string[], options?: ClientOptions): Promise<WebSocket>;
  /** The `end` record of the connection that was opened last, once it is written. */
  ended(): Promise<AuditRecord>;
  close(): Promise<void>;
}

export async function startWebSockets(
  policy: string,
  options: { readonly limits?: string; readonly server?: ServerOptions } = {},
): Promise<WebSocketWorld> {
  const authority = testAuthority();
  const secret = generatedSecret();
  const server = new WebSocketServer({ noServer: true, maxPayload: 0, ...options.server });
  const https = createServer(serverCertificate(authority, [gateway]));
  const sockets = new Set<Socket>();
  let behaviour: Behaviour = () => undefined;
  https.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  https.on('upgrade', (request, socket, head) =>
    server.handleUpgrade(request, socket, head, (one) => {
      one.on('error', () => undefined);
      behaviour(one, request);
    }),
  );
  https.listen(0, '127.0.0.1');
  await once(https, 'listening');
  const proxy = await startProxy({
    origins: { [`${gateway}:443`]: (https.address() as AddressInfo).port },
    authority,
    environment: { TOKEN: secret },
    yaml: `
secrets:
  discord: { from: env, name: TOKEN, hosts: [${gateway}] }
policies:
${policy}
limits: { drain_timeout: 300ms${options.limits ?? ''} }
`,
  });
  const world: WebSocketWorld = {
    proxy,
    secret,
    placeholder: proxy.placeholders.of('desk', 'discord') ?? '',
    server,
    sockets,
    behave: (next) => (behaviour = next),
    async open(path = '/', protocols = [], more = {}) {
      const socket = await openSecureTunnel(proxy, `${gateway}:443`);
      const client = new WebSocket(`wss://${gateway}${path}`, protocols, {
        createConnection: () => socket,
        maxPayload: 0,
        ...more,
      });
      client.on('error', () => undefined);
      await once(client, 'open');
      return client;
    },
    async ended() {
      const { id } =
        world.proxy
          .records()
          .filter(({ kind }) => kind === 'use')
          .at(-1) ?? {};
      const end = (): AuditRecord | undefined =>
        world.proxy.records().find((record) => record.kind === 'end' && record.id === id);
      for (let i = 0; i < 250 && end() === undefined; i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
      return end() ?? { kind: 'none' };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await proxy.close();
      await new Promise((resolve) => https.close(resolve));
    },
  };
  return world;
}

/** The next message, as it came. */
export async function nextMessage(socket: WebSocket): Promise<{ readonly bytes: Buffer; readonly binary: boolean }> {
  const [bytes, binary] = (await once(socket, 'message')) as [Buffer, boolean];
  return { bytes, binary };
}

export async function closed(socket: WebSocket): Promise<{ readonly code: number; readonly reason: string }> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return { code, reason: reason.toString() };
}
