import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { serverCertificate, type TestAuthority } from './certificates.js';

/** What a proxy does with a CONNECT it has read; `head` is everything up to the empty line. */
export type Conduct = (socket: Socket, head: string) => void;

export interface CorporateProxy {
  readonly port: number;
  /** Every request head that arrived, in order. */
  readonly heads: string[];
  /** Connections so far, and those that are still open. */
  readonly sockets: Set<Socket>;
  connections(): number;
  close(): Promise<void>;
}

/** A proxy between Keywright and its destinations, on 127.0.0.1; over TLS where there is an authority. */
export async function startCorporateProxy(
  conduct: Conduct,
  authority?: TestAuthority,
  names: readonly string[] = ['127.0.0.1'],
): Promise<CorporateProxy> {
  const sockets = new Set<Socket>();
  const heads: string[] = [];
  let connections = 0;
  const onSocket = (socket: Socket): void => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    let text = '';
    const onData = (bytes: Buffer): void => {
      text += bytes.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) return;
      socket.off('data', onData).pause();
      heads.push(text.slice(0, end + 4));
      if (text.length > end + 4) socket.unshift(Buffer.from(text.slice(end + 4), 'latin1'));
      conduct(socket, text.slice(0, end + 4));
    };
    socket.on('data', onData);
  };
  const server =
    authority === undefined ? createServer(onSocket) : createTls(serverCertificate(authority, names), onSocket);
  server.on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    heads,
    sockets,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Connects to a port of this machine, whatever the CONNECT says, and answers with `answer` first. */
export function connectingTo(port: () => number, answer = 'HTTP/1.1 200 Connection established\r\n\r\n'): Conduct {
  return (socket) => {
    const there = connect(port(), '127.0.0.1');
    there.on('error', () => socket.destroy());
    socket.once('close', () => there.destroy());
    there.once('close', () => socket.destroy());
    there.once('connect', () => {
      socket.write(answer);
      socket.pipe(there).pipe(socket);
    });
  };
}

/** Answers with literal bytes and goes on listening. */
export function answering(...pieces: readonly string[]): Conduct {
  return (socket) => {
    socket.resume();
    for (const piece of pieces) socket.write(Buffer.from(piece, 'latin1'));
  };
}
