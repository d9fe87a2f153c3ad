import { HeaderList } from '../core/header-list.js';

/** A header section for Node's HTTP/2: names in lower case, what stands more than once as a list. */
export type Http2Fields = Record<string, string | string[]>;

/**
 * The header or trailer section of an HTTP/2 message, as Node hands it over (`rawHeaders`, Latin-1), without the pseudo-header fields.
 * RFC 9113 section 8.2.3: a Cookie that came in pieces is one field wherever there can be only one.
 */
export function fieldsFrom(raw: readonly string[]): HeaderList {
  const fields: string[] = [];
  let cookie: number | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const [name, value] = [raw[i] as string, raw[i + 1] as string];
    if (name.startsWith(':')) continue;
    if (name === 'cookie' && cookie !== undefined) {
      fields[cookie] = `${fields[cookie] as string}; ${value}`;
      continue;
    }
    if (name === 'cookie') cookie = fields.length + 1;
    fields.push(name, value);
  }
  return new HeaderList(fields);
}

/** The value of a pseudo-header field; undefined where there is none. nghttp2 refuses those that stand twice. */
export function pseudoField(raw: readonly string[], name: `:${string}`): string | undefined {
  for (let i = 0; i < raw.length; i += 2) if (raw[i] === name) return raw[i + 1];
  return undefined;
}

/**
 * Fields that stand once, of which Node sends no second: where one is there again, as HTTP/1.1 lets it pass, the first counts. Others that
 * stand once decide what a message is or whom it is for (its length, coding, type, place, a credential): two of those that differ are
 * left for Node to refuse.
 */
const firstCounts = new Set([
  'access-control-allow-credentials',
  'access-control-max-age',
  'age',
  'content-language',
  'date',
  'dnt',
  'etag',
  'expires',
  'from',
  'last-modified',
  'referer',
  'retry-after',
  'tk',
  'upgrade-insecure-requests',
  'user-agent',
  'x-content-type-options',
]);
const standOnce = new Set([
  ...firstCounts,
  'access-control-request-method',
  'authorization',
  'content-encoding',
  'content-length',
  'content-location',
  'content-md5',
  'content-range',
  'content-type',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'location',
  'max-forwards',
  'proxy-authorization',
  'range',
]);

/** The fields as Node takes them: see above for what stands twice. */
export function fieldsTo(headers: HeaderList): Http2Fields {
  // Without a prototype: a field may be called __proto__.
  const fields = Object.create(null) as Http2Fields;
  for (let i = 0; i < headers.raw.length; i += 2) {
    const name = (headers.raw[i] as string).toLowerCase();
    const value = headers.raw[i + 1] as string;
    const before = fields[name];
    if (before === undefined) fields[name] = value;
    else if (firstCounts.has(name) || (before === value && standOnce.has(name))) continue;
    else if (Array.isArray(before)) before.push(value);
    else fields[name] = [before, value];
  }
  return fields;
}
