import { Malformed } from './malformed.js';

/** RFC 9110 section 5.6.2. */
export const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Anything that is no field-vchar, space or tab (RFC 9110 section 5.5): every control, CR and LF among them. */
export const unfit = /[^\t\x20-\x7e\x80-\xff]/;
/** A whole section: one look at it costs less than two at each field. */
const section = /(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*(?:\r\n|$))*$/y;

/** Whether `text` is fields and nothing else from `at` on: lines that end in CRLF, the last one perhaps without it. */
export function isSection(text: string, at = 0): boolean {
  section.lastIndex = at;
  return at >= text.length || section.test(text);
}

/**
 * The fields of a header or trailer section as `[name, value, …]`: `text` from `at` on, lines that end in CRLF, the last one without it
 * (RFC 9112 section 5). Refused is all that another reader may take differently: folded lines, bare CR or LF, a space before the
 * colon, controls, an empty name.
 */
export function parseFields(text: string, at: number): string[] {
  if (!isSection(text, at)) throw new Malformed('syntax', 'a header section holds a line that is no field');
  const fields: string[] = [];
  let start = at;
  while (start < text.length) {
    const found = text.indexOf('\r\n', start);
    const end = found === -1 ? text.length : found;
    const colon = text.indexOf(':', start);
    fields.push(text.slice(start, colon), trimmed(text, colon + 1, end));
    start = end + 2;
  }
  return fields;
}

/** Optional white space around a value is no part of it; `trim` would take more than spaces and tabs. */
function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
