import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, createServer as createTcp, type AddressInfo } from 'node:net';

/** One message as Node's own parser reads it, in its strict mode. */
export interface NodeReading {
  /** Method and target, or the status. */
  readonly first: readonly (string | number)[];
  readonly fields: string[];
  readonly body: string;
  readonly trailers: string[];
}

export interface Llhttp {
  /** `refused` where the parser has said so. */
  request(bytes: Buffer): Promise<NodeReading | 'refused'>;
  answer(bytes: Buffer, method: string): Promise<NodeReading | 'refused'>;
  close(): Promise<void>;
}

/** Node's HTTP/1.1 parser behind real connections: what it makes of one message. */
export async function startLlhttp(): Promise<Llhttp> {
  /** Who waits, by the port that the bytes come from: an error of an earlier connection is nobody's. */
  const waiting = new Map<number | undefined, (reading: NodeReading | 'refused') => void>();
  let answering = Buffer.alloc(0);
  const server = createServer({ insecureHTTPParser: false, requireHostHeader: false, maxHeaderSize: 64 * 1024 });
  server.on('request', (incoming, response) => {
    void read(incoming, [incoming.method ?? '', incoming.url ?? '']).then((reading) => {
      waiting.get(incoming.socket.remotePort)?.(reading);
      response.end();
    });
  });
  server.on('clientError', (_, socket) => {
    waiting.get((socket as { remotePort?: number }).remotePort)?.('refused');
    socket.destroy();
  });
  const origin = createTcp((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.end(answering));
  });
  for (const listener of [server, origin]) {
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
  }
  return {
    async request(bytes) {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      const reading = new Promise<NodeReading | 'refused'>((resolve) => waiting.set(socket.localPort, resolve));
      socket.write(bytes);
      const result = await reading;
      waiting.delete(socket.localPort);
      socket.destroy();
      return result;
    },
    async answer(bytes, method) {
      answering = Buffer.from(bytes);
      const { port } = origin.address() as AddressInfo;
      const outgoing = httpRequest({ host: '127.0.0.1', port, method, agent: false, insecureHTTPParser: false });
      return new Promise((resolve) => {
        outgoing
          .on('error', () => resolve('refused'))
          .on('response', (incoming) => {
            void read(incoming, [incoming.statusCode ?? 0, incoming.statusMessage ?? '']).then(resolve);
          });
        outgoing.end();
      });
    },
    async close() {
      server.closeAllConnections();
      for (const listener of [server, origin]) await new Promise((resolve) => listener.close(resolve));
    },
  };
}

async function read(incoming: IncomingMessage, first: readonly (string | number)[]): Promise<NodeReading | 'refused'> {
  const pieces: Buffer[] = [];
  incoming.on('data', (piece: Buffer) => pieces.push(piece)).on('error', () => undefined);
  await new Promise((resolve) => incoming.once('close', resolve).once('end', resolve));
  if (!incoming.complete) return 'refused';
  return {
    first,
    fields: incoming.rawHeaders,
    body: Buffer.concat(pieces).toString('latin1'),
    trailers: incoming.rawTrailers,
  };
}
