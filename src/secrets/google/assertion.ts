import { googleTokenUrl } from './options.js';
import { signJwt } from '../sign-jwt.js';
import type { ServiceAccountKey } from './service-account-key.js';
import type { Wanted } from './terms.js';

/** Seconds that our clock may be ahead: an assertion of the future is refused. */
const skew = 60;
/** Seconds from `iat` to `exp`: the most that Google takes. */
const lifetime = 3600;

/**
 * What a service account shows for a token (RFC 7523, https://developers.google.com/identity/protocols/oauth2/service-account). It is made
 * out to Google whatever the place that it is sent to.
 */
export async function assertionFor(
  { email, keyId, key }: ServiceAccountKey,
  { wanted, subject, now }: { readonly wanted: Wanted; readonly subject: string | undefined; readonly now: number },
): Promise<string> {
  const issuedAt = Math.floor(now / 1000) - skew;
  const purpose = wanted.kind === 'access' ? { scope: wanted.scopes.join(' ') } : { target_audience: wanted.audience };
  const times = { iat: issuedAt, exp: issuedAt + lifetime };
  const whom = { iss: email, aud: googleTokenUrl, ...(subject !== undefined && { sub: subject }) };
  return signJwt({ alg: 'RS256', kid: keyId }, { ...purpose, ...whom, ...times }, key);
}
