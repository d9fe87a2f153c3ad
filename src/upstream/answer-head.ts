import type { HeaderList } from '../core/header-list.js';
import { Refusal } from '../core/refusal.js';
import { fieldsOfOneHop } from '../http1/keep-alive.js';
import { askFor } from '../scrub/accept-encoding.js';
import { codingNamed, type Coding } from '../scrub/codings.js';

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
  const listed = fieldsOfOneHop(headers);
  headers.removeWhere(
    (name) =>
      perConnection.has(name) ||
      listed?.has(name) === true ||
      name.startsWith('x-keywright-') ||
      (credentialed && credentialBearing.has(name)),
  );
}

/**
 * The content coding of an answer to a credentialed request: one that can be searched, and that was asked for by this
 * `Accept-Encoding`. Undefined for `identity`. All else is refused (`response_coding`) rather than passed unsearched: codings that
 * nobody asked for, several of them one around another, a transfer coding other than `chunked`.
 */
export function codingOf(headers: HeaderList, acceptEncoding: string): Coding | undefined {
  if (named(headers, 'transfer-encoding').some((coding) => !plainCodings.has(coding))) throw unsearchable();
  const [name, ...others] = named(headers, 'content-encoding').filter((coding) => coding !== '');
  if (name === undefined || (others.length === 0 && name === 'identity')) return undefined;
  const coding = codingNamed(name);
  if (coding === undefined || others.length > 0 || !askFor([acceptEncoding]).codings.has(coding)) throw unsearchable();
  return coding;
}

function named(headers: HeaderList, field: string): string[] {
  const values = headers.all(field);
  return values.length === 0 ? values : values.flatMap((value) => value.toLowerCase().split(',').map(trimmed));
}

/** Without optional whitespace (RFC 9110 section 5.6.3), and no other. */
function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}

function unsearchable(): Refusal {
  return new Refusal('response_coding');
}

/**
 * What is no longer true of a body that was decoded and masked (RFC 9110): its coding (8.4) and length (8.6), digests of its bytes
 * (RFC 9530, RFC 3230, RFC 1864), and that ranges of it can be had (14.3: they would be ranges of the coded one). `Vary` stays:
 * what the destination chose by (12.5.5) has not changed. So does `Last-Modified`.
 */
const ofCodedBytes = new Set([
  'content-encoding',
  'content-length',
  'content-md5',
  'digest',
  'content-digest',
  'repr-digest',
  'accept-ranges',
]);

/** Makes the header or trailer section of a coded answer that of the same answer uncoded and masked. */
export function uncodeHeaders(headers: HeaderList): void {
  headers.removeWhere((name) => ofCodedBytes.has(name));
  // RFC 9110 section 8.8.1: a strong validator changes with the bytes. A weak one still serves If-None-Match, and no range.
  headers.mapValues((value, name) => (name === 'etag' && value.startsWith('"') ? `W/${value}` : value));
}

const byteRanges = /^\s*multipart\/(?:x-)?byteranges/i;

/**
 * A multipart/byteranges answer that nobody asked for (`x-byteranges` to those who ask in an old way): its parts could hold slices of
 * a credential, each too short to be found.
 */
export function checkParts(headers: HeaderList): void {
  if (headers.all('content-type').some((type) => byteRanges.test(type))) throw unsearchable();
}

const messageEncodings = ['grpc-encoding', 'connect-content-encoding'];

/** Messages of gRPC or Connect that are compressed each by itself: `grpc-encoding` says so ahead (gRPC over HTTP/2, Message-Encoding). */
export function checkMessageCoding(headers: HeaderList): void {
  if (messageEncodings.some((name) => named(headers, name).some((coding) => !plainCodings.has(coding))))
    throw unsearchable();
}

const plainCodings = new Set(['', 'identity', 'chunked']);
