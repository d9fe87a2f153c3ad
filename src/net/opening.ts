import type { Socket } from 'node:net';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';

export interface Patience {
  /** Milliseconds, for everything until the connection can be used. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** Runs the steps of opening a connection under one time limit: the signal they get aborts with a `Refusal` or the caller's reason. */
export async function within<T>({ timeout, signal }: Patience, open: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(signal?.reason);
  const timer = setTimeout(() => controller.abort(new Refusal('destination_timeout')), timeout);
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await open(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Waits for the event of a socket. Where it fails, closes or takes too long, the socket is destroyed and the reason thrown. */
export function opened(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settled = (): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', fail).off('close', onClose).off(event, onOpen);
    };
    const fail = (error: unknown): void => {
      settled();
      socket.destroy();
      // As it came: what it says is read by who knows what was being opened.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      reject(error);
    };
    const onAbort = (): void => fail(signal.reason);
    const onClose = (): void => fail(new Reason('the connection was closed while it was being opened'));
    const onOpen = (): void => {
      settled();
      resolve();
    };
    // Stays: between opening and whoever listens next, and after giving up, an error must not end the process; 'close' tells of it.
    socket.on('error', ignore);
    socket.once('error', fail).once('close', onClose).once(event, onOpen);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

function ignore(): void {
  return undefined;
}
