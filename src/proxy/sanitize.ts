import type { HeaderList } from '../core/header-list.js';
import { fieldsOfOneHop } from '../http1/keep-alive.js';

/** Fields that end at the proxy (RFC 9110 section 7.6.1), and Host and Expect, which we answer or write ourselves. */
const endsHere = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'host',
  'expect',
]);

/** Fields by which a server may take the request for another method or path than the one decided on. */
const overrides = new Set([
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-original-url',
  'x-original-uri',
  'x-rewrite-url',
  'x-rewrite-uri',
  'x-override-url',
  'x-forwarded-uri',
  'x-forwarded-path',
  'x-forwarded-prefix',
  'x-original-method',
]);

/**
 * Strips a request's header section in place. What the client lists in `Connection` goes first, so that nothing
 * added later can be listed away (`Connection: authorization`).
 */
export function sanitizeRequest(headers: HeaderList, byOperation: boolean): void {
  const listed = listedIn(headers);
  headers.removeWhere((sent) => {
    // CGI and WSGI make the same variable of `-` and `_`.
    const name = sent.includes('_') ? sent.replaceAll('_', '-') : sent;
    return (
      endsHere.has(name) ||
      listed?.has(sent) === true ||
      (name === 'content-length' && name !== sent) ||
      name.startsWith('proxy-') ||
      name.startsWith('x-keywright-') ||
      name === 'forwarded' ||
      name.startsWith('x-forwarded-') ||
      (byOperation && overrides.has(name))
    );
  });
}

/** What `Connection` lists. A length is never listed away: it frames the body. */
function listedIn(headers: HeaderList): ReadonlySet<string> | undefined {
  const listed = fieldsOfOneHop(headers);
  listed?.delete('content-length');
  return listed;
}

/** Whether the caller says that it takes trailers (RFC 9110 section 10.1.4). */
export function takesTrailers(headers: HeaderList): boolean {
  const coding = headers.first('te');
  return coding !== undefined && /(?:^|,)[\t ]*trailers[\t ]*(?:,|$)/i.test(headers.all('te').join());
}
