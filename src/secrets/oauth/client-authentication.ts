import type { Sealed } from '../../core/sealed.js';
import { reveal } from '../seal.js';
import type { ClientTerms } from './terms.js';
import { signedJwt } from './signed-jwt.js';

/** Puts on a request what shows who we are. `audience` is what the server calls itself. */
export type Authenticate = (body: URLSearchParams, headers: Headers, audience: string) => Promise<void>;

/** RFC 7521 section 4.2. */
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Milliseconds. */
const assertionLifetime = 60_000;

/**
 * How the client shows who it is (RFC 6749 section 2.3, RFC 7523, RFC 8705). `sealed` is its secret or key: no plaintext stays
 * in the function that is returned, which is kept for as long as its tokens have to be given back.
 */
export function authentication(
  name: string,
  terms: Exclude<ClientTerms, { readonly method: 'none' }>,
  sealed: Sealed,
  now: () => number,
): Authenticate {
  const { id } = terms;
  return async (body, headers, audience) => {
    if (terms.method === 'basic') {
      headers.set('authorization', basic(id, reveal(sealed)));
      return;
    }
    body.set('client_id', id);
    if (terms.method === 'post') {
      body.set('client_secret', reveal(sealed));
      return;
    }
    const claims = { iss: id, sub: id, aud: terms.audience ?? audience };
    const { keyId, algorithm } = terms;
    const jwt = { key: sealed, keyId, algorithm, claims, now: now(), lifetime: assertionLifetime };
    body.set('client_assertion_type', assertionType);
    body.set('client_assertion', await signedJwt(name, jwt));
  };
}

/** A client that is known by its certificate, or by nothing. */
export function noAuthentication({ id }: ClientTerms): Authenticate {
  return (body) => {
    body.set('client_id', id);
    return Promise.resolve();
  };
}

/** Both parts are form-encoded before they are put together (RFC 6749 section 2.3.1): an id may hold a colon, a secret a percent sign. */
function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${formEncoded(id)}:${formEncoded(secret)}`).toString('base64')}`;
}

/** As forms are, and no more: of servers that forget to decode, many are given the dashes and dots of ids as they are. */
function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
