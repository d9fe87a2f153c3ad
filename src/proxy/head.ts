import type { IncomingMessage } from 'node:http';
import { HeaderList } from '../core/header-list.js';
import type { Limits } from '../core/limits.js';
import type { Authority, RequestHead, Scheme, Target } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import { parseAuthority, sameAuthority } from '../policy/authority.js';
import { parseAbsoluteTarget } from '../policy/target.js';
import type { Passage } from './passage.js';

/** A request head that has exactly one reading, and where it goes. */
export interface ParsedRequest {
  readonly head: RequestHead;
  readonly target: Target;
  readonly hasBody: boolean;
}

/**
 * Reads the head of a request: what Node's parser lets through and must have one reading (RFC 9112 sections 3.2, 6.1, 6.3),
 * then the target, on which the request line, Host and the tunnel have to agree.
 */
export function parseRequest(message: IncomingMessage, passage: Passage, limits: Limits): ParsedRequest {
  const headers = new HeaderList(message.rawHeaders);
  if (headers.count > limits.headerCount) throw new Refusal('headers_too_large');
  if (message.httpVersion !== '1.1' && message.httpVersion !== '1.0') throw new Refusal('bad_request');
  const method = message.method ?? '';
  if (method === 'TRACE' || method === 'TRACK') throw new Refusal('method_refused');
  const hasBody = checkFraming(headers, message.httpVersion);
  const { target, path } = targetOf(message.url ?? '', passage);
  checkHost(headers, message.httpVersion, target);
  return { head: { method, path, headers }, target, hasBody };
}

/** Node refuses Content-Length beside Transfer-Encoding and malformed lengths itself; a coding other than chunked it passes on. */
function checkFraming(headers: HeaderList, version: string): boolean {
  const codings = headers.all('transfer-encoding');
  if (codings.length > 0) {
    const chunkedOnly = codings.length === 1 && codings[0]?.toLowerCase() === 'chunked';
    if (!chunkedOnly || version === '1.0') throw new Refusal('bad_framing');
    return true;
  }
  const length = headers.first('content-length');
  return length !== undefined && Number(length) > 0;
}

function targetOf(url: string, passage: Passage): { target: Target; path: string } {
  const { tunnel } = passage;
  if (tunnel?.misnamed === true) throw new Refusal('authority_mismatch');
  if (url.startsWith('/')) {
    if (tunnel === undefined) throw new Refusal('not_proxied');
    return { target: { scheme: tunnel.scheme, authority: tunnel.authority }, path: checkPath(url) };
  }
  if (!/^https?:\/\//i.test(url)) throw new Refusal(tunnel === undefined ? 'not_proxied' : 'bad_request');
  const absolute = parseAbsoluteTarget(url);
  if (tunnel !== undefined && !sameTarget(absolute.target, tunnel)) throw new Refusal('authority_mismatch');
  if (tunnel === undefined && absolute.target.scheme === 'https' && !passage.trustedPath)
    throw new Refusal('not_proxied');
  return { target: absolute.target, path: checkPath(absolute.path) };
}

function sameTarget(target: Target, tunnel: { scheme: Scheme; authority: Authority }): boolean {
  return target.scheme === tunnel.scheme && sameAuthority(target.authority, tunnel.authority);
}

/** A fragment never belongs on the wire (RFC 9112 section 3.2); a second reader might cut there. */
function checkPath(path: string): string {
  if (path.includes('#')) throw new Refusal('bad_request');
  return path;
}

/** Domain fronting: the credential chosen by one name, the request routed by another. */
function checkHost(headers: HeaderList, version: string, target: Target): void {
  const hosts = headers.all('host');
  if (hosts.length === 0 && version === '1.0') return;
  if (hosts.length !== 1) throw new Refusal('bad_request');
  const authority = parseAuthority(hosts[0] ?? '', target.scheme === 'https' ? 443 : 80);
  if (!sameAuthority(authority, target.authority)) throw new Refusal('authority_mismatch');
}
