import type { Sealed } from '../../core/sealed.js';
import { seal } from '../seal.js';
import { unavailable } from '../unavailable.js';

/** What a token response holds that we use. */
export interface Token {
  readonly access: Sealed;
  readonly id: Sealed | undefined;
  readonly refresh: Sealed | undefined;
  /** Milliseconds; undefined where the server does not say. */
  readonly lifetime: number | undefined;
}

export interface Expected {
  readonly name: string;
  /** `host:port`, for refusals. */
  readonly origin: string;
  /** What it calls its tokens besides Bearer, in lower case; `none` where it may leave that out. */
  readonly type: string;
  /** RFC 8693 section 2.2.1: only there, the type of what was issued has to be said, and it may be no access token. */
  readonly exchange: { readonly requestedType: string | undefined } | undefined;
}

/** Of a server that says more, milliseconds: whoever lost the right to a token should not have it for longer. */
const longest = 24 * 3_600_000;
/** RFC 6749 appendix A.12; without spaces, as it goes into a header (RFC 6750 section 2.1). */
const tokenText = /^[\x21-\x7e]{1,65536}$/;

/** Reads a token response. Throws `secret_unavailable` for what cannot be used; no value is in it. */
export function readToken(
  { name, origin, type: called, exchange }: Expected,
  members: Readonly<Record<string, unknown>>,
): Token {
  const refuse = (what: string): never => {
    throw unavailable(name, `${origin} answered with ${what}`);
  };
  const textOf = (member: string): Sealed | undefined => {
    const value = members[member];
    if (value === undefined || value === '') return undefined;
    if (typeof value !== 'string' || !tokenText.test(value))
      return refuse(`${article[member] ?? 'a token'} that is no text for a header`);
    return seal(name, value);
  };
  const { token_type: said } = members;
  const type = typeof said === 'string' ? said.toLowerCase() : '';
  if (type === 'dpop')
    refuse('a token that is bound to a key (DPoP), which is not supported: have it issue Bearer tokens');
  if (said === undefined && called !== 'none')
    refuse('no token_type, which RFC 6749 requires: `token_type: none` takes its tokens for Bearer');
  const isKnown = said === undefined || type === 'bearer' || type === called;
  if (!isKnown && !(type === 'n_a' && exchange !== undefined)) refuse('a token of a type other than Bearer');
  if (exchange !== undefined) {
    const issued = members['issued_token_type'];
    if (typeof issued !== 'string') refuse('no issued_token_type, which RFC 8693 requires');
    const { requestedType } = exchange;
    if (requestedType !== undefined && issued !== requestedType) refuse('another type of token than was asked for');
  }
  const access = textOf('access_token') ?? refuse('no access token');
  const lifetime = lifetimeIn(members['expires_in']);
  if (lifetime !== undefined && !(lifetime > 0)) refuse('an expires_in that is no number of seconds');
  return {
    access,
    id: textOf('id_token'),
    refresh: exchange === undefined ? textOf('refresh_token') : undefined,
    lifetime: lifetime === undefined ? undefined : Math.min(lifetime, longest),
  };
}

const article: Readonly<Record<string, string>> = {
  access_token: 'an access token',
  id_token: 'an ID token',
  refresh_token: 'a refresh token',
};

/** Milliseconds; NaN for nonsense. Some servers send the number as text. */
function lifetimeIn(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number') return value * 1000;
  return typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) * 1000 : Number.NaN;
}
