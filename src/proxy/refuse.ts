import { STATUS_CODES, type IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { Refusal } from '../core/refusal.js';
import type { CallerAnswer } from './answer.js';

/** An unread request body up to this size is read to its end, so that the connection stays usable. */
const readableRest = 64 * 1024;
/** How long a larger one may go on arriving while the caller reads the refusal, before the connection is cut. */
const lingering = 2000;

/** Tells the caller; an answer that has already begun can only be cut, so that it is not taken for a whole one. */
export function refuseRequest(answer: CallerAnswer, id: string, refusal: Refusal): void {
  const { request, response } = answer;
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = refusalBody(refusal, id);
  const rest = request.complete ? 0 : unreadLength(request.headers);
  // Whoever opened this connection has to say anew who it is.
  const revoked = refusal.code === 'caller_revoked';
  const closes = refusal.status === 400 || revoked || rest > readableRest;
  if (closes) response.shouldKeepAlive = false;
  response.writeHead(refusal.status, refusalHeaders(refusal, id, body, closes));
  if (rest <= readableRest) {
    response.end(body);
    return;
  }
  // Closing a socket with unread bytes resets it, and the caller may lose the answer: read on for a moment instead.
  response.write(body);
  const timer = setTimeout(() => response.destroy(), lingering);
  request.once('end', () => response.end()).resume();
  response.once('close', () => clearTimeout(timer));
}

function unreadLength(headers: IncomingHttpHeaders): number {
  return headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : Infinity;
}

/** The same answer on a bare socket: a refused CONNECT, or bytes that were never a request. */
export function refusalBytes(refusal: Refusal, id: string, closes: boolean): string {
  const body = refusalBody(refusal, id);
  const headers = Object.entries(refusalHeaders(refusal, id, body, closes)).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}\r\n${headers.join('')}\r\n${body}`;
}

export function refuseSocket(socket: Socket, id: string, refusal: Refusal): void {
  if (socket.writable) socket.end(refusalBytes(refusal, id, true));
  setTimeout(() => socket.destroy(), lingering).unref();
}

function refusalBody(refusal: Refusal, id: string): string {
  return `${JSON.stringify({ error: { code: refusal.code, message: refusal.message, request_id: id } })}\n`;
}

function refusalHeaders(refusal: Refusal, id: string, body: string, closes: boolean): Record<string, string> {
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    'x-keywright-request-id': id,
    ...(refusal.status === 407 ? { 'proxy-authenticate': 'Basic realm="keywright"' } : {}),
    ...(closes ? { connection: 'close' } : {}),
  };
}
