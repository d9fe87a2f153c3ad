import type { HttpAnswer } from '../../net/client.js';
import type { Sealed } from '../../core/sealed.js';
import { jsonOf, membersOf } from '../answer.js';
import { seal } from '../seal.js';

/** An access token and when it is renewed, not used any more, and past all renewal. Milliseconds since the epoch. */
export interface Token {
  readonly sealed: Sealed;
  readonly lifetime: number;
  readonly renewAt: number;
  readonly stopAt: number;
  readonly endsAt: number;
}

/** A token in its last moments may be refused on arrival, milliseconds; of one that lives shorter than five minutes, a tenth. */
const lastMoments = 30_000;

/**
 * A reply to a login or a renewal: `{accessToken, expiresIn, accessTokenMaxTTL, tokenType}`, seconds, 0 for no end. `endsAt` is that of
 * the login, for a renewal. Undefined where it is no such reply.
 */
export function tokenOf(name: string, answer: HttpAnswer, asked: number, endsAt?: number): Token | undefined {
  const { accessToken, expiresIn, accessTokenMaxTTL, tokenType } = membersOf(jsonOf(answer.text)) ?? {};
  if (tokenType !== 'Bearer' || typeof accessToken !== 'string') return undefined;
  // What cannot stand in a header field must not get near one.
  if (!/^[\x21-\x7e]{8,16384}$/.test(accessToken)) return undefined;
  const [lifetime, longest] = [milliseconds(expiresIn), milliseconds(accessTokenMaxTTL)];
  if (lifetime === undefined || longest === undefined) return undefined;
  const end = endsAt ?? asked + longest;
  const until = Math.min(asked + lifetime, end);
  const life = until - asked;
  return {
    sealed: seal(name, accessToken),
    lifetime,
    renewAt: asked + (life * 2) / 3,
    stopAt: until - Math.min(lastMoments, life / 10),
    endsAt: end,
  };
}

/** Infisical deletes a token whose renewal would lead past its end, though it was good until then: that is a time to log in again. */
export function mayRenew({ lifetime, endsAt }: Token, now: number): boolean {
  return endsAt === Number.POSITIVE_INFINITY || now + lifetime + lastMoments < endsAt;
}

function milliseconds(seconds: unknown): number | undefined {
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) return undefined;
  return seconds === 0 ? Number.POSITIVE_INFINITY : seconds * 1000;
}
