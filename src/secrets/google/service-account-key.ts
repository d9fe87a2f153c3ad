import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Sealed } from '../../core/sealed.js';
import { jsonOf, membersOf } from '../answer.js';
import { reveal } from '../seal.js';
import { unavailable } from '../unavailable.js';
import { googleTokenUrl } from './options.js';

export interface ServiceAccountKey {
  readonly email: string;
  readonly keyId: string;
  readonly key: KeyObject;
}

/**
 * Reads the JSON key of a service account, as the console of Google Cloud gives it. Throws `secret_unavailable`, in which nothing of it is.
 * A key that names another place for its assertions than Google or the configuration was tampered with, or is for another cloud.
 */
export function readServiceAccountKey(name: string, sealed: Sealed, tokenUrl: string): ServiceAccountKey {
  const refuse = (what: string): never => {
    throw unavailable(name, `the secret ${sealed.name} ${what}`, 'login');
  };
  const members = membersOf(jsonOf(reveal(sealed)));
  if (members === undefined || members['type'] !== 'service_account') {
    return refuse('is not the JSON key of a service account');
  }
  const textOf = (member: string, form: RegExp): string => {
    const value = members[member];
    return typeof value === 'string' && form.test(value) ? value : refuse(`has no ${member} that can be used`);
  };
  const tokenUri = members['token_uri'];
  if (tokenUri !== googleTokenUrl && tokenUri !== tokenUrl) {
    return refuse('has a token_uri that is neither Google nor the token_url of the configuration');
  }
  const universe = members['universe_domain'];
  if (universe !== undefined && universe !== 'googleapis.com')
    refuse('is of another universe_domain than googleapis.com');
  const email = textOf('client_email', /^[\x21-\x7e]{3,256}$/);
  const keyId = textOf('private_key_id', /^[\x21-\x7e]{1,256}$/);
  const pem = textOf('private_key', /^-----BEGIN (?:RSA )?PRIVATE KEY-----/);
  const key = privateKeyOf(pem) ?? refuse('has a private_key that cannot be read');
  if (key.asymmetricKeyType !== 'rsa') refuse('has a private_key that is not RSA');
  return { email, keyId, key };
}

function privateKeyOf(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    // What OpenSSL says of it is of no use to whoever has the wrong file.
    return undefined;
  }
}
