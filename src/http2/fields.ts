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

/** The fields as Node takes them. A field of which Node knows that it stands once, and that stands twice, is refused by Node. */
export function fieldsTo(headers: HeaderList): Http2Fields {
  // Without a prototype: a field may be called __proto__.
  const fields = Object.create(null) as Http2Fields;
  for (let i = 0; i < headers.raw.length; i += 2) {
    const name = (headers.raw[i] as string).toLowerCase();
    const value = headers.raw[i + 1] as string;
    const before = fields[name];
    if (before === undefined) fields[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else fields[name] = [before, value];
  }
  return fields;
}
