import type { HeaderList } from '../core/header-list.js';
import { Refusal } from '../core/refusal.js';

/** Fields that concern one connection only (RFC 9110 section 7.6.1) or lead around the proxy (Alt-Svc: HTTP/3). */
const perConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'proxy-status',
  'proxy-support',
  'transfer-encoding',
  'upgrade',
  'alt-svc',
]);

/** Fields in which a destination hands out credentials of its own: not for a caller that holds none. */
const credentialBearing = new Set(['set-cookie', 'set-cookie2', 'authentication-info']);

/**
 * Removes from an answer's header or trailer section what must not pass: per-connection fields and those `Connection`
 * names, our own `x-keywright-*` (a destination must not speak for us), and for a request that carried a credential
 * what hands out another one.
 */
export function cleanAnswerHeaders(headers: HeaderList, credentialed: boolean): void {
  const listed = new Set(headers.all('connection').flatMap((value) => value.toLowerCase().split(/[\s,]+/)));
  headers.removeWhere(
    (name) =>
      perConnection.has(name) ||
      listed.has(name) ||
      name.startsWith('x-keywright-') ||
      (credentialed && credentialBearing.has(name)),
  );
}

/**
 * An answer to a credentialed request has to come in a coding whose bytes can be searched.
 * `identity` was asked for; whatever else a destination chose is refused rather than passed unsearched.
 */
export function checkCoding(headers: HeaderList): void {
  for (const value of [...headers.all('content-encoding'), ...headers.all('transfer-encoding')]) {
    for (const coding of value.toLowerCase().split(',')) {
      if (!plainCodings.has(coding.trim())) throw new Refusal('response_coding');
    }
  }
}

/** A multipart/byteranges answer that nobody asked for: its parts could hold slices of a credential, each too short to be found. */
export function checkParts(headers: HeaderList): void {
  if (/^\s*multipart\/byteranges/i.test(headers.first('content-type') ?? '')) throw new Refusal('response_coding');
}

const plainCodings = new Set(['', 'identity', 'chunked']);
