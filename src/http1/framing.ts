import type { HeaderList } from '../core/header-list.js';
import type { ParsedRequestHead, ParsedStatusHead } from './head.js';
import { Malformed } from './malformed.js';

/** How long a message is (RFC 9112 section 6.3). */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' };

const none: Framing = { kind: 'none' };
const chunked: Framing = { kind: 'chunked' };
const untilClose: Framing = { kind: 'until-close' };

/** Throws `Malformed` where the length of a request is stated twice, or in a way that servers are known to read differently. */
export function requestFraming({ headers, version }: ParsedRequestHead): Framing {
  const stated = statedFraming(headers, version);
  return stated ?? none;
}

/** The same of an answer to a request with this method. Without a statement it lasts until the connection closes. */
export function answerFraming({ status, version, headers }: ParsedStatusHead, method: string): Framing {
  const stated = statedFraming(headers, version);
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return none;
  return stated ?? untilClose;
}

function statedFraming(headers: HeaderList, version: string): Framing | undefined {
  const { raw } = headers;
  let coding: string | undefined;
  let length: string | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    // Both names are rare, and their lengths tell them from nearly all others.
    if (name.length !== 14 && name.length !== 17) continue;
    const lower = name.toLowerCase();
    if (lower === 'content-length') length = once(length, raw[i + 1] as string);
    if (lower === 'transfer-encoding') coding = once(coding, raw[i + 1] as string);
  }
  if (coding !== undefined) {
    if (length !== undefined) throw new Malformed('framing', 'Content-Length stands beside Transfer-Encoding');
    if (version === '1.0') throw new Malformed('framing', 'Transfer-Encoding in HTTP/1.0');
    if (coding.toLowerCase() !== 'chunked') throw new Malformed('coding', 'the transfer coding is not chunked alone');
    return chunked;
  }
  if (length === undefined) return undefined;
  // Without leading zeros: there are readers that take such a number for an octal one.
  const value = /^(?:0|[1-9]\d{0,15})$/.test(length) ? Number(length) : NaN;
  if (!Number.isSafeInteger(value)) throw new Malformed('framing', 'Content-Length is not a number');
  return value === 0 ? none : { kind: 'length', length: value };
}

function once(known: string | undefined, value: string): string {
  if (known !== undefined) throw new Malformed('framing', 'the length of the body is stated twice');
  return value;
}
