import type { IncomingMessage } from 'node:http';

/** Whether a request asks for a WebSocket (RFC 6455 section 4.1). */
export function isWebSocketHandshake({ headers, method }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket' && method === 'GET';
}

/**
 * Whether Node is to give the connection up for it. Not with a body: Node 26 would hand over a stand-in for the socket while the body is
 * on its way, which belongs to no caller we know. As an ordinary request it is refused for its framing.
 */
export function takesUpgrade(message: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': coding } = message.headers;
  return isWebSocketHandshake(message) && length === undefined && coding === undefined;
}
