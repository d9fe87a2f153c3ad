/**
 * A second reader of one request, written apart from the first: slow, byte by byte, from the grammar of RFC 9112 and RFC 9110, with
 * the same strictness. It has all bytes at once and no state; it can be read from top to bottom.
 */
export interface Reference {
  readonly line: string;
  readonly fields: string[];
  readonly body: string;
  readonly trailers: string[];
  readonly rest: string;
}

/** `refused`, `unfinished`, or the message. */
export function referenceRequest(text: string): Reference | 'refused' | 'unfinished' {
  let at = 0;
  while (text.startsWith('\r\n', at)) at += 2;
  if (at >= text.length) return 'unfinished';
  const head = readLines(text, at);
  if (typeof head === 'string') return head;
  const [line = '', ...more] = head.lines;
  const parts = line.split(' ');
  if (parts.length !== 3) return 'refused';
  const [method = '', target = '', version = ''] = parts;
  if (!isMethod(method) || target === '' || !all(target, isTargetCharacter)) return 'refused';
  if (version !== 'HTTP/1.1' && version !== 'HTTP/1.0') return 'refused';
  const fields = readFields(more);
  if (fields === undefined) return 'refused';
  const lengths = valuesOf(fields, 'content-length');
  const codings = valuesOf(fields, 'transfer-encoding');
  if (lengths.length + codings.length > 1) return 'refused';
  const message = { line, fields };
  if (codings.length === 1) {
    if (version === 'HTTP/1.0' || codings[0]?.toLowerCase() !== 'chunked') return 'refused';
    const chunked = readChunks(text, head.end);
    return typeof chunked === 'string' ? chunked : { ...message, ...chunked };
  }
  if (lengths.length === 0) return { ...message, body: '', trailers: [], rest: text.slice(head.end) };
  const length = Number(lengths[0]);
  if (lengths[0] !== String(length) || !all(lengths[0], isDigit)) return 'refused';
  const body = text.slice(head.end, head.end + length);
  if (body.length < length) return 'unfinished';
  return { ...message, body, trailers: [], rest: text.slice(head.end + length) };
}

/** Lines up to an empty one; each ends in CRLF, and CR and LF stand nowhere else. */
function readLines(text: string, from: number): { lines: string[]; end: number } | 'refused' | 'unfinished' {
  const lines: string[] = [];
  let line = '';
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\n') return 'refused';
    if (character !== '\r') {
      line += character;
      continue;
    }
    if (at + 1 === text.length) return 'unfinished';
    if (text.charAt(at + 1) !== '\n') return 'refused';
    if (line === '') return { lines, end: at + 2 };
    lines.push(line);
    line = '';
    at += 1;
  }
  return 'unfinished';
}

function readFields(lines: readonly string[]): string[] | undefined {
  const fields: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon));
    const value = line.slice(colon + 1);
    if (name === '' || !all(name, isTokenCharacter) || !all(value, isValueCharacter)) return undefined;
    fields.push(name, value.replace(/^[ \t]+/, '').replace(/[ \t]+$/, ''));
  }
  return fields;
}

function readChunks(
  text: string,
  from: number,
): { body: string; trailers: string[]; rest: string } | 'refused' | 'unfinished' {
  let body = '';
  let at = from;
  for (;;) {
    const end = text.indexOf('\n', at);
    if (end === -1) return 'unfinished';
    const line = text.slice(at, end + 1);
    if (!line.endsWith('\r\n')) return 'refused';
    const [size = '', ...extensions] = line.slice(0, -2).split(';');
    if (size === '' || size.length > 16 || !all(size, isHexDigit) || !all(extensions.join(), isValueCharacter))
      return 'refused';
    const length = Number(`0x${size}`);
    if (length > Number.MAX_SAFE_INTEGER) return 'refused';
    at = end + 1;
    if (length === 0) break;
    body += text.slice(at, at + length);
    const after = text.slice(at + length, at + length + 2);
    if (at + length + 2 > text.length)
      return after !== '' && after !== '\r' && after !== '\n' ? 'refused' : 'unfinished';
    if (after !== '\r\n') return 'refused';
    at += length + 2;
  }
  const section = readLines(text, at);
  if (typeof section === 'string') return section;
  const trailers = readFields(section.lines);
  return trailers === undefined ? 'refused' : { body, trailers, rest: text.slice(section.end) };
}

function valuesOf(fields: readonly string[], name: string): string[] {
  return fields.filter((_, i) => i % 2 === 1 && fields[i - 1]?.toLowerCase() === name);
}

const all = (text: string, test: (character: string) => boolean): boolean => Array.from(text).every(test);
const isDigit = (c: string): boolean => c >= '0' && c <= '9';
const isUpper = (c: string): boolean => c >= 'A' && c <= 'Z';
const isHexDigit = (c: string): boolean => isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
const isTokenCharacter = (c: string): boolean =>
  isDigit(c) || isUpper(c) || (c >= 'a' && c <= 'z') || "!#$%&'*+-.^_`|~".includes(c);
const isValueCharacter = (c: string): boolean => c === '\t' || (c >= ' ' && c !== '\x7f');
const isTargetCharacter = (c: string): boolean => c > ' ' && c < '\x7f';
const isMethod = (name: string): boolean =>
  name.length <= 64 && isUpper(name.charAt(0)) && all(name, (c) => isTokenCharacter(c) && !(c >= 'a' && c <= 'z'));
