import type { Limits } from '../core/limits.js';
import type { Authority, Draft, Scheme, Target } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import { Malformed } from '../http1/malformed.js';
import { hostHeader, parseAuthority, sameAuthority } from '../policy/authority.js';
import { isServerWide, parseAbsoluteTarget } from '../policy/target.js';
import { isWebSocketHandshake, malformedRefusal, type CallerRequest } from './caller-request.js';
import type { Passage } from './passage.js';
import { opaqueProtocolOf } from './upgrade.js';

/** A request head that has exactly one reading, and where it goes. */
export interface ParsedRequest {
  readonly head: Draft;
  readonly target: Target;
  /** The protocol that the caller asks to go on in, if any: `websocket`, or another as it names it. */
  readonly upgrade: string | undefined;
}

/** A CONNECT comes here on a stream of HTTP/2 only: what it would open has no place inside a tunnel. */
const neverForwarded: ReadonlySet<string> = new Set(['TRACE', 'TRACK', 'CONNECT']);

/**
 * Reads the head of a request: what is HTTP/1.1 and must have one reading besides (RFC 9112 sections 3.2, 6.1, 6.3),
 * then the target, on which the request line, Host and the tunnel have to agree.
 */
export function parseRequest(request: CallerRequest, passage: Passage, limits: Limits): ParsedRequest {
  const { method, url, version, headers, framing } = request;
  if (headers.count > limits.headerCount) throw new Refusal('headers_too_large');
  if (neverForwarded.has(method)) throw new Refusal('method_refused');
  if (framing instanceof Malformed) throw malformedRefusal(framing);
  const upgrade = isWebSocketHandshake(request) ? 'websocket' : opaqueProtocolOf(request);
  // RFC 6455 section 4.1: a handshake has no content; where it ends, two readers would read two ways.
  if (upgrade === 'websocket' && (headers.has('content-length') || headers.has('transfer-encoding')))
    throw new Refusal('bad_framing');
  const { target, path } = targetOf(method, url, passage);
  checkHost(headers.all('host'), version, target);
  return { head: { method, path, headers }, target, upgrade };
}

function targetOf(method: string, url: string, passage: Passage): { target: Target; path: string } {
  const { tunnel } = passage;
  if (tunnel?.misnamed === true) throw new Refusal('authority_mismatch');
  const serverWide = isServerWide(method, url);
  if (url.startsWith('/') || url === '*') {
    if (tunnel === undefined) throw new Refusal('not_proxied');
    if (url === '*' && !serverWide) throw new Refusal('bad_request');
    return { target: { scheme: tunnel.scheme, authority: tunnel.authority }, path: checkPath(url) };
  }
  if (!/^https?:\/\//i.test(url)) throw new Refusal(tunnel === undefined ? 'not_proxied' : 'bad_request');
  const absolute = parseAbsoluteTarget(url);
  if (tunnel !== undefined && !sameTarget(absolute.target, tunnel)) throw new Refusal('authority_mismatch');
  if (tunnel === undefined && absolute.target.scheme === 'https' && !passage.trustedPath)
    throw new Refusal('not_proxied');
  return { target: absolute.target, path: serverWide ? '*' : checkPath(absolute.path) };
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
function checkHost(hosts: readonly string[], version: string, target: Target): void {
  if (hosts.length === 0 && version === '1.0') return;
  if (hosts.length !== 1) throw new Refusal('bad_request');
  // The canonical form, which nearly all callers write, needs no reading.
  if (hosts[0] === hostHeader(target.authority, target.scheme)) return;
  const authority = parseAuthority(hosts[0] ?? '', target.scheme === 'https' ? 443 : 80);
  if (!sameAuthority(authority, target.authority)) throw new Refusal('authority_mismatch');
}
