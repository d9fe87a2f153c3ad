import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isBound, passageOf } from './passage.js';

/** How often a connection that has become idle is looked for, milliseconds. */
const idleInterval = 100;

/**
 * Makes the next answer of every connection its last, and says so in it (RFC 9112 section 9.6); idle ones are closed. Node's own
 * `close` leaves connections open whose answer had begun before it.
 */
export function lastAnswers(server: Server): () => void {
  const connections = new Set<Socket>();
  let last = false;
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  for (const event of ['request', 'checkContinue', 'checkExpectation']) {
    server.prependListener(event, (_: IncomingMessage, response: ServerResponse) => {
      if (last) response.shouldKeepAlive = false;
    });
  }
  return () => {
    if (last) return;
    last = true;
    for (const socket of connections) markLast(socket);
    server.closeIdleConnections();
    const idle = setInterval(() => {
      server.closeIdleConnections();
      if (connections.size === 0) clearInterval(idle);
    }, idleInterval).unref();
  };
}

function markLast(socket: Socket): void {
  const answer = isBound(socket) ? passageOf(socket).last : undefined;
  if (answer?.headersSent === false) answer.shouldKeepAlive = false;
}
