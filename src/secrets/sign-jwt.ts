import type { KeyObject } from 'node:crypto';

/** The header of a JWS (RFC 7515 section 4.1); `typ` is JWT. */
export interface JwtHeader {
  readonly alg: string;
  readonly kid?: string | undefined;
}

/** A JWT (RFC 7519) of these claims, times among them in seconds. Rejects where the key cannot sign with the algorithm. */
export async function signJwt({ alg, kid }: JwtHeader, claims: object, key: KeyObject): Promise<string> {
  const { SignJWT } = await import('jose');
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg, typ: 'JWT', ...(kid !== undefined && { kid }) })
    .sign(key);
}
