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
 * What a trailer field may not do behind a body that has been acted on by then: frame, route, condition, negotiate or authenticate
 * the request, or say who made it (RFC 9110 section 6.5.1). Digests of the content are what trailers are for (RFC 9530 section 2).
 */
const headersOnly = new Set([
  'accept',
  'alt-used',
  'authorization',
  'cache-control',
  'cookie',
  'cookie2',
  'from',
  'max-forwards',
  'origin',
  'pragma',
  'prefer',
  'priority',
  'range',
  'referer',
  'request-range',
  'user-agent',
  'via',
]);
const headersOnlyFamilies = /^(?:accept|access-control|content|if|sec)-/;
const digests = new Set(['content-digest', 'content-md5']);

/**
 * Strips a request's header section in place. What the client lists in `Connection` goes first, so that nothing
 * added later can be listed away (`Connection: authorization`). Returns what was listed.
 */
export function sanitizeRequest(headers: HeaderList, byOperation: boolean): ReadonlySet<string> | undefined {
  const listed = listedIn(headers);
  headers.removeWhere((sent) => {
    const name = asRead(sent);
    return (
      staysHere(name) ||
      listed?.has(sent) === true ||
      (name === 'content-length' && name !== sent) ||
      (byOperation && overrides.has(name))
    );
  });
  return listed;
}

/**
 * Strips the trailer section of a request in place, once it is complete. It loses what the header section would lose, what only a
 * header section may say, and every field that stands in the header section as it was sent: a server that merges the two would take
 * the caller's for ours. `listed` is what `sanitizeRequest` returned, `headers` what goes out, credentials included.
 */
export function sanitizeTrailers(
  trailers: HeaderList,
  headers: HeaderList,
  listed: ReadonlySet<string> | undefined,
): void {
  if (trailers.count === 0) return;
  const sentAhead = new Set<string>();
  for (let i = 0; i < headers.raw.length; i += 2) sentAhead.add(asRead((headers.raw[i] as string).toLowerCase()));
  trailers.removeWhere((sent) => {
    const name = asRead(sent);
    return (
      staysHere(name) ||
      listed?.has(sent) === true ||
      overrides.has(name) ||
      headersOnly.has(name) ||
      (headersOnlyFamilies.test(name) && !digests.has(name)) ||
      sentAhead.has(name)
    );
  });
}

/** CGI and WSGI make the same variable of `-` and `_`. */
function asRead(name: string): string {
  return name.includes('_') ? name.replaceAll('_', '-') : name;
}

function staysHere(name: string): boolean {
  return (
    endsHere.has(name) ||
    name.startsWith('proxy-') ||
    name.startsWith('x-keywright-') ||
    name === 'forwarded' ||
    name.startsWith('x-forwarded-')
  );
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
