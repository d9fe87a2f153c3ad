import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { ServerResponse } from '../net/http.js';
import { bindPassage, passageOf, type Passage } from './passage.js';
import { serveRequest } from './request.js';
import type { Services } from './services.js';
import { isWebSocketHandshake } from './web-socket.js';

/**
 * A request that asks to change the protocol of its connection. WebSocket goes the way of every request, and on after 101;
 * any other protocol is declined by answering as if it had not been asked (RFC 9110 section 7.8).
 */
export async function serveUpgrade(
  services: Services,
  server: Server,
  message: IncomingMessage,
  socket: Socket,
  ahead: Buffer,
): Promise<void> {
  const passage = passageOf(socket);
  if (!isWebSocketHandshake(message)) {
    declineUpgrade(server, passage, message, socket, ahead);
    return;
  }
  socket.on('error', () => socket.destroy());
  const response = new ServerResponse(message);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  // Bytes that nobody reads would keep the end of the connection from being noticed.
  response.once('finish', () => {
    socket.resume().end();
    setTimeout(() => socket.destroy(), 2000).unref();
  });
  if (ahead.length > 0) socket.unshift(ahead);
  await serveRequest(services, passage, message, response, socket);
}

/** Gives the connection back with the same request, less what asked for the upgrade. Java's client asks for h2c on every clear request. */
function declineUpgrade(
  server: Server,
  passage: Passage,
  message: IncomingMessage,
  socket: Socket,
  ahead: Buffer,
): void {
  const lines = [`${message.method ?? ''} ${message.url ?? ''} HTTP/${message.httpVersion}`];
  for (let i = 0; i < message.rawHeaders.length; i += 2) {
    const name = message.rawHeaders[i] ?? '';
    if (!asksForUpgrade.has(name.toLowerCase())) lines.push(`${name}: ${message.rawHeaders[i + 1] ?? ''}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), ahead]));
  bindPassage(socket, passage);
  server.emit('connection', socket);
}

const asksForUpgrade = new Set(['upgrade', 'http2-settings', 'connection']);
