import { createPrivateKey, randomUUID, type KeyObject } from 'node:crypto';
import type { Sealed } from '../../core/sealed.js';
import { jsonOf, membersOf } from '../answer.js';
import { reveal } from '../seal.js';
import { signJwt } from '../sign-jwt.js';
import { unavailable } from '../unavailable.js';

export interface JwtTerms {
  /** PEM, or a JWK as JSON. */
  readonly key: Sealed;
  readonly keyId: string | undefined;
  readonly algorithm: string | undefined;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Milliseconds. */
  readonly now: number;
  readonly lifetime: number;
}

/** A JWT of ours with `iat`, `exp` and a `jti` of its own (RFC 7523 section 3). Rejects with `secret_unavailable`; no key is in any error. */
export async function signedJwt(name: string, terms: JwtTerms): Promise<string> {
  const { key: sealed, claims, now, lifetime } = terms;
  const { key, kid, alg } = readKey(name, sealed);
  const algorithm = terms.algorithm ?? alg ?? algorithmFor(key);
  if (algorithm === undefined)
    throw unavailable(name, `the key in ${sealed.name} is of a kind that signs no JWT`, 'login');
  const keyId = terms.keyId ?? kid;
  const issuedAt = Math.floor(now / 1000);
  try {
    const times = { iat: issuedAt, exp: issuedAt + Math.floor(lifetime / 1000), jti: randomUUID() };
    return await signJwt({ alg: algorithm, kid: keyId }, { ...claims, ...times }, key);
  } catch {
    // Which key, and for what, is all there is to say.
    throw unavailable(name, `the key in ${sealed.name} cannot sign with ${algorithm}`, 'login');
  }
}

interface SigningKey {
  readonly key: KeyObject;
  readonly kid?: string | undefined;
  readonly alg?: string | undefined;
}

/** The parsers of both forms repeat what they were given in their messages: nothing of them goes on. */
function readKey(name: string, sealed: Sealed): SigningKey {
  const text = reveal(sealed);
  const jwk = membersOf(jsonOf(text));
  try {
    if (jwk === undefined) return { key: createPrivateKey(text) };
    const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
    return { key: createPrivateKey({ key: jwk, format: 'jwk' }), kid: textOf(jwk['kid']), alg: textOf(jwk['alg']) };
  } catch {
    throw unavailable(name, `${sealed.name} holds no private key in PEM (unencrypted) or as a JWK`, 'login');
  }
}

const ofCurve: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

function algorithmFor({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | undefined {
  if (asymmetricKeyType === 'rsa') return 'RS256';
  if (asymmetricKeyType === 'rsa-pss') return 'PS256';
  if (asymmetricKeyType === 'ed25519') return 'EdDSA';
  return ofCurve[asymmetricKeyDetails?.namedCurve ?? ''];
}
