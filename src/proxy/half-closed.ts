import type { Socket } from 'node:net';

/** Without a byte for so long the caller's system is asked whether it still has the connection, milliseconds. */
const askAfter = 5000;
/** Between two looks at what it said. */
const lookEvery = 1000;

/**
 * Finds out whether a caller that has ended its side, and waits, has gone: `transport`, its TCP connection, then closes. Nothing more is
 * read from it, and who does not read is not told of a reset. So TCP keep-alive asks, and a write of no bytes, which puts nothing on the
 * wire, tells of the answer (below TLS: within it the write would not come to the system). Returns what stops it.
 */
export function watchHalfClosed(transport: Socket): () => void {
  transport.setKeepAlive(true, askAfter);
  let looking = false;
  const timer = setInterval(() => {
    // Behind what a slow reader has not taken yet it waits, and one that waits is enough.
    if (looking || !transport.writable) return;
    looking = true;
    transport.write('', () => (looking = false));
  }, lookEvery).unref();
  return () => clearInterval(timer);
}
