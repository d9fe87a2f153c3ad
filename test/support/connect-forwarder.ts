import { createServer, connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';

/** For clients that know of no proxy: each connection to a port of 127.0.0.1 goes on in a tunnel of its own to one destination. */
export async function startForwarder(
  proxyPort: number,
  authority: string,
  authorization: string,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer((socket) => {
    const tunnel = connect(proxyPort, '127.0.0.1');
    for (const [one, other] of [
      [socket, tunnel],
      [tunnel, socket],
    ] as const)
      one.on('error', () => undefined).once('close', () => other.destroy());
    tunnel.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`);
    let head = '';
    const onAnswer = (bytes: Buffer): void => {
      head += bytes.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      tunnel.off('data', onAnswer);
      socket.pipe(tunnel).pipe(socket);
    };
    tunnel.on('data', onAnswer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
