import { STATUS_CODES } from '../net/http.js';
import type { Refusal } from '../core/refusal.js';
import { writeHead } from '../http1/write.js';
import type { CallerAnswer } from './answer.js';

/** An unread request body up to this size is read to its end, so that the connection stays usable. */
const readableRest = 64 * 1024;
const headEnd = '\r\n\r\n';

/** Tells the caller; an answer that has already begun can only be cut, so that it is not taken for a whole one. */
export function refuseRequest(answer: CallerAnswer, id: string, refusal: Refusal): void {
  if (answer.begun || answer.gone) return;
  // Whoever opened a connection that is revoked has to say anew who it is.
  const closes = refusal.status === 400 || refusal.code === 'caller_revoked' || answer.unread > readableRest;
  if (closes) answer.closeAfter();
  const text = refusalText(refusal, id, !answer.lasts);
  // RFC 9110 section 9.3.2: an answer to HEAD ends with its head; a body would be read as the beginning of the next answer.
  answer.whole(answer.bodiless ? text.slice(0, text.indexOf(headEnd) + headEnd.length) : text);
}

/** A refusal as one HTTP/1.1 message. */
export function refusalText(refusal: Refusal, id: string, closes: boolean): string {
  const body = `${JSON.stringify({ error: { code: refusal.code, message: refusal.message, request_id: id } })}\n`;
  const fields = ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body))];
  fields.push('cache-control', 'no-store', 'x-keywright-request-id', id);
  if (refusal.status === 407) fields.push('proxy-authenticate', 'Basic realm="keywright"');
  if (closes) fields.push('connection', 'close');
  return writeHead(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}`, fields) + body;
}
