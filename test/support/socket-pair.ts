import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Two ends of one TCP connection on loopback. */
export interface SocketPair {
  readonly near: Socket;
  readonly far: Socket;
}

export async function socketPair(options: { readonly allowHalfOpen?: boolean } = {}): Promise<SocketPair> {
  const server = createServer(options);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const far = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [[near]] = (await Promise.all([once(server, 'connection'), once(far, 'connect')])) as [[Socket], unknown];
  server.close();
  for (const socket of [near, far]) socket.on('error', () => undefined);
  return { near, far };
}

/** Reads from a socket until this has come, or the other side has ended. */
export async function readUntil(socket: Socket, until: RegExp): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('data', onData).off('end', done).off('close', done).pause();
      resolve(text);
    };
    const onData = (piece: Buffer): void => {
      text += piece.toString('latin1');
      if (until.test(text)) done();
    };
    socket.on('data', onData).once('end', done).once('close', done).resume();
  });
}
