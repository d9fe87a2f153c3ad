import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Credential } from '../secrets/index.js';
import { valueOf, type Reference } from './template.js';
import { unusable } from './usable.js';

export type KeyEncoding = 'text' | 'hex' | 'base64';

const spellings: Readonly<Record<KeyEncoding, RegExp>> = {
  text: /^[^]+$/,
  hex: /^(?:[0-9A-Fa-f]{2})+$/,
  // RFC 4648 sections 4 and 5, with its padding or without. Node would read over anything else.
  base64: /^(?:[A-Za-z0-9+/_-]{4})*(?:[A-Za-z0-9+/_-]{2}(?:==)?|[A-Za-z0-9+/_-]{3}=?)?$/,
};

/** The key of an HMAC. Throws `secret_unavailable` where the field is not in this encoding: another key would sign. */
export function keyFrom(
  reference: Reference,
  encoding: KeyEncoding,
  credentials: ReadonlyMap<string, Credential>,
): KeyObject {
  const text = valueOf(reference, credentials);
  if (!spellings[encoding].test(text)) throw unusable(reference, `is not ${encoding}`);
  return createSecretKey(Buffer.from(text, encoding === 'text' ? 'utf8' : encoding));
}
