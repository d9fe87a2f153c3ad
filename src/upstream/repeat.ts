import { ConnectionLost } from './connection-lost.js';
import type { Message } from './exchange.js';
import { Unprocessed } from './unprocessed.js';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether it may be sent twice: it changes nothing (RFC 9110 section 9.2.1). */
export function isSafe(method: string): boolean {
  return safeMethods.has(method);
}

/**
 * Whether a request of whose answer nothing has come may be sent once more. `used`: its connection had served another one before.
 * RFC 9110 section 9.2.2: a kept connection that the destination closed in passing, where nothing is acted on twice. RFC 9113 section
 * 8.7: any that the destination says it has not processed.
 */
export function mayRepeat(error: unknown, used: boolean, { method, body }: Message): boolean {
  const unprocessed = error instanceof Unprocessed;
  if (!unprocessed && !(used && error instanceof ConnectionLost)) return false;
  if (body === undefined) return unprocessed || isSafe(method);
  // One that has ended, empty or not, has gone out whole, and cannot be read again.
  return !body.readableDidRead && !body.readableEnded && !body.destroyed;
}
