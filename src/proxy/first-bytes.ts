import type { Socket } from 'node:net';

/**
 * Waits for the first bytes of a tunnel and leaves them to be read again. Undefined where none came in time, or
 * the connection ended: building nothing until then keeps an abandoned CONNECT cheap.
 */
export async function firstBytes(socket: Socket, ahead: Buffer, timeout: number): Promise<Buffer | undefined> {
  if (socket.destroyed) return undefined;
  if (ahead.length > 0) {
    socket.unshift(ahead);
    return ahead;
  }
  return new Promise((resolve) => {
    const done = (bytes: Buffer | undefined): void => {
      clearTimeout(timer);
      socket.off('readable', onReadable).off('close', onClose).off('end', onClose);
      resolve(bytes);
    };
    const onReadable = (): void => {
      const bytes = socket.read() as Buffer | null;
      if (bytes === null) return;
      socket.unshift(bytes);
      done(bytes);
    };
    const onClose = (): void => {
      socket.destroy();
      done(undefined);
    };
    const timer = setTimeout(onClose, timeout);
    socket.on('readable', onReadable).once('close', onClose).once('end', onClose);
  });
}
