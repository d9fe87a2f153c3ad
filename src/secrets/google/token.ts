import type { Sealed } from '../../core/sealed.js';
import { jsonOf, membersOf } from '../answer.js';
import { seal } from '../seal.js';
import { unavailable } from '../unavailable.js';

export interface Token {
  readonly value: Sealed;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface Reading {
  readonly name: string;
  /** `host:port`, for refusals. */
  readonly origin: string;
  /** Milliseconds since the epoch, from before it was asked for. */
  readonly now: number;
}

type Members = Readonly<Record<string, unknown>>;

/** Milliseconds: no token of Google's lives longer than twelve hours. */
const longest = 12 * 3_600_000;

/** `access_token` and `expires_in` of a token endpoint. Throws `secret_unavailable`. */
export function accessTokenIn(reading: Reading, members: Members): Token {
  const { token_type: type, expires_in: seconds } = members;
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') throw refusal(reading, 'a token that is not Bearer');
  const lifetime = typeof seconds === 'number' ? seconds * 1000 : Number.NaN;
  return tokenOf(reading, members['access_token'], reading.now + lifetime);
}

/** `accessToken` and `expireTime` of IAM Credentials. Throws `secret_unavailable`. */
export function impersonatedTokenIn(reading: Reading, members: Members): Token {
  const until = members['expireTime'];
  return tokenOf(reading, members['accessToken'], typeof until === 'string' ? Date.parse(until) : Number.NaN);
}

/** An ID token says itself when it ends. It is handed on and not relied upon: whoever gets it checks it. Throws `secret_unavailable`. */
export function idTokenIn(reading: Reading, jwt: unknown): Token {
  const payload = typeof jwt === 'string' ? /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(jwt)?.[1] : undefined;
  const claims = payload === undefined ? undefined : membersOf(jsonOf(Buffer.from(payload, 'base64url').toString()));
  const until = claims?.['exp'];
  return tokenOf(reading, jwt, typeof until === 'number' ? until * 1000 : Number.NaN);
}

function tokenOf(reading: Reading, value: unknown, expiresAt: number): Token {
  // As it goes into a header (RFC 6750 section 2.1).
  if (typeof value !== 'string' || !/^[\x21-\x7e]{1,65536}$/.test(value)) throw refusal(reading, 'no token');
  if (!(expiresAt > reading.now)) throw refusal(reading, 'a token whose end is past or unknown');
  return { value: seal(reading.name, value), expiresAt: Math.min(expiresAt, reading.now + longest) };
}

function refusal({ name, origin }: Reading, what: string) {
  return unavailable(name, `${origin} answered with ${what}`);
}
