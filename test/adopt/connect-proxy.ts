import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A CONNECT proxy on 127.0.0.1 that leads every name to one port of ours, and remembers what it was asked. */
export interface ConnectProxy {
  /** With credentials, as a child gets it. */
  readonly url: string;
  readonly port: number;
  /** `host:port` of every CONNECT that had the right credentials, in order. */
  readonly asked: string[];
  /** Requests that were no CONNECT, or had other credentials. */
  readonly refused: string[];
  /** Connections from callers that are open. */
  readonly open: () => number;
  close(): Promise<void>;
}

const authorization = `Basic ${Buffer.from('run:pass word').toString('base64')}`;

/** `answer` replaces the 200; a function gets the socket to itself. */
export async function startConnectProxy(
  originPort: number,
  answer: string | ((socket: Socket) => void) = 'HTTP/1.1 200 OK\r\n\r\n',
): Promise<ConnectProxy> {
  const sockets = new Set<Socket>();
  const asked: string[] = [];
  const refused: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined).once('close', () => sockets.delete(socket)));
    let head = '';
    socket.on('data', function read(chunk: Buffer) {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end === -1) return;
      socket.off('data', read).pause();
      const [line = ''] = head.split('\r\n');
      const authority = /^CONNECT (\S+) HTTP\/1\.[01]$/.exec(line)?.[1];
      if (authority === undefined || !new RegExp(`\r\nproxy-authorization: ${authorization}\r\n`, 'i').test(head)) {
        refused.push(line);
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n');
        return;
      }
      asked.push(authority);
      if (typeof answer === 'function') {
        answer(socket);
        return;
      }
      socket.write(answer);
      if (!answer.startsWith('HTTP/1.1 200')) {
        socket.end();
        return;
      }
      const upstream = connect({ host: '127.0.0.1', port: originPort }).on('error', () => socket.destroy());
      upstream.write(Buffer.from(head.slice(end + 4), 'latin1'));
      socket.pipe(upstream).pipe(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://run:pass%20word@127.0.0.1:${port}`, port, asked, refused, open: () => sockets.size, close };
}
