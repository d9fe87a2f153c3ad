import { HeaderList } from '../core/header-list.js';
import type { Scheme } from '../core/message.js';
import type { Framing } from '../http1/framing.js';
import { isMethod, isTarget } from '../http1/head.js';
import { Malformed } from '../http1/malformed.js';
import { isServerWide } from '../policy/target.js';
import { fieldsFrom, pseudoField } from '../http2/fields.js';
import { framingOf, type CallerRequest } from './caller-request.js';

type Http2Head = Omit<CallerRequest, 'body' | 'trailers'>;

/** RFC 9113 section 8.2.2: what would be about a connection that HTTP/2 does not have. */
const ofConnections = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'];
/** RFC 9113 section 6.5.2: what a field counts beside its name and value. */
const overhead = 32;

/**
 * The head of a request on a stream, as it would be in HTTP/1.1: the request target from `:path`, Host from `:authority`.
 * `raw` are the fields as Node hands them over, `more` says whether anything follows them. What has no one reading is said in `framing`,
 * so that it is refused like any other request, to somebody.
 */
export function readHttp2Head(
  raw: readonly string[],
  more: boolean,
  { scheme, mostBytes }: { readonly scheme: Scheme | undefined; readonly mostBytes: number },
): Http2Head {
  const method = pseudoField(raw, ':method') ?? '';
  const url = pseudoField(raw, ':path') ?? '';
  const malformed = (reason: string, kind: Malformed['kind'] = 'syntax'): Http2Head => {
    return { method: isMethod(method) ? method : '', url, version: '2', headers, framing: new Malformed(kind, reason) };
  };
  let headers = new HeaderList();
  if (sizeOf(raw) > mostBytes) return malformed('the header section is too large', 'too-large');
  headers = fieldsFrom(raw);
  nameHost(headers, pseudoField(raw, ':authority'));
  if (!isMethod(method)) return malformed('the method is malformed');
  // It has no path and no scheme (RFC 9113 section 8.5), and is refused for what it is.
  if (method === 'CONNECT') return { method, url, version: '2', headers, framing: { kind: 'none' } };
  if (!isTarget(url) || !(url.startsWith('/') || (url === '*' && isServerWide(method, url))))
    return malformed('the path is malformed');
  if (pseudoField(raw, ':scheme') !== scheme) return malformed('the scheme is not that of the connection');
  if (pseudoField(raw, ':protocol') !== undefined) return malformed('the extended CONNECT is no CONNECT');
  if (ofConnections.some((name) => headers.has(name))) return malformed('a field is about a connection');
  return { method, url, version: '2', headers, framing: framing(method, url, headers, more) };
}

/**
 * Host is what `:authority` says, and no second opinion: where a Host besides it says anything else, both stay, and two are refused
 * (RFC 9113 section 8.3.1). A Host alone is what came through a gateway from HTTP/1.1.
 */
function nameHost(headers: HeaderList, authority: string | undefined): void {
  if (authority === undefined) return;
  const agrees = headers.all('host').every((host) => host.toLowerCase() === authority.toLowerCase());
  if (agrees) headers.remove('host');
  headers.add('host', authority);
}

/** Without a Content-Length the end of the stream ends the body: its length is as little known as that of chunks. */
function framing(method: string, url: string, headers: HeaderList, more: boolean): Framing | Malformed {
  const stated = framingOf({ method, url, version: '1.1', headers });
  if (stated instanceof Malformed) return stated;
  if (!more && stated.kind !== 'none') return new Malformed('framing', 'the body is missing');
  return more && !headers.has('content-length') ? { kind: 'chunked' } : stated;
}

function sizeOf(raw: readonly string[]): number {
  let size = 0;
  for (const text of raw) size += text.length + overhead / 2;
  return size;
}
