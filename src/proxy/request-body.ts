import { Readable } from 'node:stream';

/** The body of a request that is still being read: bytes are pushed in; `onWanted` is called when there is room for more. */
export function openBody(onWanted: () => void): Readable {
  const body = new Readable({ read: onWanted });
  // It is told to whoever reads it; where nobody does yet, it must not end the process.
  return body.on('error', () => undefined);
}
