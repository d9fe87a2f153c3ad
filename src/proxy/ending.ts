import type { Socket } from 'node:net';
import type { Refusal } from '../core/refusal.js';
import { refusalText } from './refuse.js';

/** How long what a caller still sends is read after the last answer has gone out, milliseconds. */
const lingering = 2000;

/**
 * Ends a connection once what was written has gone out: a caller that reads slowly has `patience` milliseconds for that. Closing one with
 * unread bytes resets it, and the caller may lose the answer: they are read over for a moment.
 */
export function endGently(socket: Socket, patience = lingering): void {
  const cut = (): void => {
    socket.destroy();
  };
  let timer = setTimeout(cut, patience).unref();
  socket
    .once('finish', () => {
      clearTimeout(timer);
      timer = setTimeout(cut, lingering).unref();
    })
    .once('close', () => clearTimeout(timer))
    .on('data', ignore)
    .resume()
    .end();
}

/** Ends a connection in the middle of an answer, so that it is not taken for a whole one. */
export function cutOff(socket: Socket): void {
  try {
    // In the clear the end of a connection may be the end of an answer; a reset never is. TLS has a farewell of its own, which is left out.
    socket.resetAndDestroy();
  } catch {
    // Not every kind of socket can be reset.
    socket.destroy();
  }
}

/** Refuses on a bare socket: a CONNECT, or bytes that were never a request. */
export function refuseSocket(socket: Socket, id: string, refusal: Refusal): void {
  if (socket.writable) socket.write(refusalText(refusal, id, true), 'latin1');
  endGently(socket);
}

function ignore(): void {
  return undefined;
}
