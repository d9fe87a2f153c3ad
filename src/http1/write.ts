import { isSection, token, unfit } from './fields.js';

const target = /^[\x21-\x7e]+$/;

/**
 * A header section for the wire, the empty line at its end included. What goes in was read or made elsewhere; that nothing in it ends a
 * line early is looked at once more here, where it would become two messages. Throws `TypeError`.
 */
export function writeHead(startLine: string, raw: readonly string[]): string {
  if (unfit.test(startLine)) throw new TypeError('a start line that would break');
  return `${startLine}\r\n${writeFields(raw)}\r\n`;
}

/** The fields alone, each with its line end. */
export function writeFields(raw: readonly string[]): string {
  let text = '';
  let isFit = true;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    // A colon would end the name early, a line end the field: the section would still be one, but not this one.
    isFit &&= !name.includes(':') && !value.includes('\n') && !name.includes('\n');
    text += `${name}: ${value}\r\n`;
  }
  if (!isFit || !isSection(text)) throw new TypeError('a field that would break the header section');
  return text;
}

export function requestLine(method: string, path: string): string {
  if (!token.test(method) || !target.test(path)) throw new TypeError('a request line that would break');
  return `${method} ${path} HTTP/1.1`;
}

export const lastChunk = '0\r\n\r\n';

/** What stands before a chunk; after it comes CRLF (RFC 9112 section 7.1). */
export function chunkHead(size: number): string {
  return `${size.toString(16)}\r\n`;
}
