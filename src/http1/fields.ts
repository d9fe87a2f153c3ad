import { Malformed } from './malformed.js';

/** RFC 9110 section 5.6.2. */
export const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Anything that is no field-vchar, space or tab (RFC 9110 section 5.5): every control, CR and LF among them. */
export const unfit = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * The fields of a header or trailer section as `[name, value, …]`: `text` from `at` on, lines that end in CRLF, the last one without it
 * (RFC 9112 section 5). Refused is all that another reader may take differently: folded lines, bare CR or LF, a space before the
 * colon, controls, an empty name.
 */
export function parseFields(text: string, at: number): string[] {
  const fields: string[] = [];
  let start = at;
  while (start < text.length) {
    const found = text.indexOf('\r\n', start);
    const end = found === -1 ? text.length : found;
    const colon = text.indexOf(':', start);
    const name = colon === -1 || colon > end ? '' : text.slice(start, colon);
    if (!token.test(name)) throw new Malformed('syntax', 'a line of a header section is no field');
    const value = text.slice(colon + 1, end);
    if (unfit.test(value)) throw new Malformed('syntax', 'a field value holds a control character');
    fields.push(name, trimmed(value));
    start = end + 2;
  }
  return fields;
}

/** Optional white space around a value is no part of it; `trim` would take more than spaces and tabs. */
function trimmed(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isSpace(value.charCodeAt(start))) start += 1;
  while (end > start && isSpace(value.charCodeAt(end - 1))) end -= 1;
  return value.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
