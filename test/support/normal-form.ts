import { valuesOf, type Field, type Message } from './strict-reader.js';

/**
 * What the proxy may change on the way, and nothing else (docs/decisions/0006). Everything that is left has to be equal, in order:
 *
 * - the case of field names, and where Host stands;
 * - `Connection`, `Keep-Alive`, and the framing: Content-Length or chunked, whichever is written (with the same content);
 * - towards the destination: `Accept-Encoding`, which becomes `identity` beside a credential, and the credential itself;
 * - towards the caller: `Date` and `Trailer`; a Content-Length stays where it tells of a body that is not sent (HEAD, 304);
 *   and the reason phrase, which tells a client nothing (RFC 9112 section 4).
 */
const mayChange = new Set([
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
  'date',
  'trailer',
]);

/** A request at the destination: start line without its version, fields, content and trailers. Throws where Host or credential are not as they must be. */
export function normalRequest(request: Message, host: string, secret: string): string {
  const { start, fields, body, trailers, framing } = request;
  if (!start.endsWith(' HTTP/1.1')) throw new Error(`sent on as ${start}`);
  expectOnly(fields, 'host', host);
  expectOnly(fields, 'x-key', secret);
  if (framing === 'close') throw new Error('a request without an end');
  const kept = fields.filter(([name]) => !['host', 'x-key'].includes(name.toLowerCase()));
  const behind = trailers.map(([name, value]) => `\r\n${name.toLowerCase()}: ${value}`);
  const content = behind.length === 0 ? body : `${body}\r\n\r\n(trailers)${behind.join('')}`;
  return text(start.slice(0, -' HTTP/1.1'.length), kept, content, false);
}

/** An answer at the caller. */
export function normalAnswer({ start, fields, body, framing }: Message): string {
  return text(start.slice(0, 'HTTP/1.1 200'.length), fields, body, framing === 'none');
}

/** The same forms of what a script expects, which is written without framing, Host and credential. */
export function normalExpected(expected: string): string {
  const [head = '', ...rest] = expected.replace(/^(HTTP\/1\.1 \d{3})[^\r]*/, '$1').split('\r\n\r\n');
  return `${head.replace(/\r\n([^:\r]+):/g, (line) => line.toLowerCase())}\r\n\r\n${rest.join('\r\n\r\n')}`;
}

function text(start: string, fields: readonly Field[], body: string, keepsLength: boolean): string {
  const lines = fields
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !mayChange.has(name) || (keepsLength && name === 'content-length'))
    .map(([name, value]) => `\r\n${name}: ${value}`);
  return `${start}${lines.join('')}\r\n\r\n${body}`;
}

function expectOnly(fields: readonly Field[], name: string, value: string): void {
  const values = valuesOf(fields, name);
  if (values.length !== 1 || values[0] !== value)
    throw new Error(`${values.length} fields of ${name}, or another value`);
}
