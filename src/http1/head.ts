import { HeaderList } from '../core/header-list.js';
import { parseFields } from './fields.js';
import { Malformed } from './malformed.js';

export type Version = '1.0' | '1.1';

export interface RequestLine {
  readonly method: string;
  /** As it was sent, in any of the four forms. */
  readonly url: string;
  readonly version: Version;
}

export interface ParsedRequestHead extends RequestLine {
  readonly headers: HeaderList;
}

export interface ParsedStatusHead {
  readonly version: Version;
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderList;
}

/** Visible ASCII (RFC 3986 section 2); a space, a tab or a control would end the target for another reader, and high bytes have more than one spelling. */
const requestLine = /^([^ ]+) ([\x21-\x7e]+) HTTP\/(\d\.\d)$/;
const target = /^[\x21-\x7e]+$/;
/** RFC 9112 section 4; the reason may be missing, with the space before it (seen in the wild) or without. */
const statusLine = /^HTTP\/(\d\.\d) (\d{3})(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
/** Methods are case-sensitive tokens (RFC 9110 section 9.1); one in lower case is a mistake that some servers take for the other. */
const method = /^[A-Z][A-Z0-9!#$%&'*+.^_`|~-]{0,63}$/;

/** A request head (RFC 9112 sections 3 and 5) without the empty line at its end, its bytes as Latin-1. Throws `Malformed`. */
export function parseRequestHead(text: string): ParsedRequestHead {
  const end = endOfLine(text);
  const [, name = '', url = '', version = ''] = requestLine.exec(text.slice(0, end)) ?? [];
  if (!isMethod(name)) throw new Malformed('syntax', 'the request line is malformed');
  return { method: name, url, version: versionOf(version), headers: new HeaderList(parseFields(text, end + 2)) };
}

/** The head of an answer (RFC 9112 sections 4 and 5), likewise. */
export function parseStatusHead(text: string): ParsedStatusHead {
  const end = endOfLine(text);
  const [, version = '', status, statusText = ''] = statusLine.exec(text.slice(0, end)) ?? [];
  if (status === undefined || status < '100') throw new Malformed('syntax', 'the status line is malformed');
  // HTTP/1.0 has none (RFC 9110 section 15.2): some take its message, and so the connection, to end with it, others wait for the final one.
  if (version === '1.0' && status < '200') throw new Malformed('framing', 'an informational answer in HTTP/1.0');
  const headers = new HeaderList(parseFields(text, end + 2));
  return { version: versionOf(version), status: Number(status), statusText, headers };
}

/** Whether this may stand as the method of a request, whatever it came in. */
export function isMethod(text: string): boolean {
  return method.test(text);
}

/** Whether this may stand as the target of a request, likewise. */
export function isTarget(text: string): boolean {
  return target.test(text);
}

function endOfLine(text: string): number {
  const end = text.indexOf('\r\n');
  return end === -1 ? text.length : end;
}

function versionOf(version: string): Version {
  if (version === '1.1' || version === '1.0') return version;
  throw new Malformed('syntax', 'the version is not HTTP/1.1 or HTTP/1.0');
}
