import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Sealed } from '../../core/sealed.js';
import { reveal } from '../seal.js';
import { signJwt } from '../sign-jwt.js';
import { unavailable } from '../unavailable.js';

/** Seconds. The clocks of both sides may differ by as much. */
const early = 60;
/** Seconds. GitHub takes at most ten minutes, by its own clock. */
const lifetime = 9 * 60;
/** Bits; jose signs with no shorter one. */
const shortest = 2048;

/**
 * What an app proves itself with (https://docs.github.com/apps, "Generating a JSON Web Token"). `key` is RSA in PEM, PKCS#1 as GitHub gives
 * it out or PKCS#8; `issuer` the client id or the app id; `now` in milliseconds. Rejects with `secret_unavailable`.
 */
export async function signAppJwt(name: string, key: Sealed, issuer: string, now: number): Promise<string> {
  const signer = privateKeyOf(name, key);
  const seconds = Math.floor(now / 1000);
  return signJwt({ alg: 'RS256' }, { iss: issuer, iat: seconds - early, exp: seconds + lifetime }, signer);
}

function privateKeyOf(name: string, key: Sealed): KeyObject {
  const read = readKey(reveal(key));
  if (read?.asymmetricKeyType !== 'rsa' || (read.asymmetricKeyDetails?.modulusLength ?? 0) < shortest) {
    throw unavailable(name, `the secret ${key.name} is no RSA key in PEM of at least ${shortest} bits`, 'login');
  }
  return read;
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    // OpenSSL's message says where in the text it stumbled, and no more than this.
    return undefined;
  }
}
