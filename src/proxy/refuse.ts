import { STATUS_CODES } from '../net/http.js';
import type { Refusal } from '../core/refusal.js';
import { writeHead } from '../http1/write.js';

/** Content, and the fields that describe it: what a refusal tells, in any version of HTTP. */
export type TellRefusal = (refusal: Refusal, id: string) => { readonly body: string; readonly fields: string[] };

/** A refusal as one HTTP/1.1 message. */
export function refusalText(refusal: Refusal, id: string, closes: boolean, tell: TellRefusal = refusalContent): string {
  const { body, fields } = tell(refusal, id);
  if (closes) fields.push('connection', 'close');
  return writeHead(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}`, fields) + body;
}

/** What is told unless whoever asks reads another grammar. */
export function refusalContent(refusal: Refusal, id: string): ReturnType<TellRefusal> {
  const body = `${JSON.stringify({ error: { code: refusal.code, message: refusal.message, request_id: id } })}\n`;
  const fields = ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body))];
  fields.push('cache-control', 'no-store', 'x-keywright-request-id', id);
  if (refusal.status === 407) fields.push('proxy-authenticate', 'Basic realm="keywright"');
  return { body, fields };
}
