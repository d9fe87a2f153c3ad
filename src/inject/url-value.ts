import type { Credential } from '../secrets/index.js';
import { valueOf, type Reference } from './template.js';
import { unusable } from './usable.js';

/**
 * A secret's value as it may be percent-encoded: text without control characters, which no key has and some servers cut at, and
 * without half of a surrogate pair, which has no UTF-8. Throws `secret_unavailable`.
 */
export function urlValueOf(reference: Reference, credentials: ReadonlyMap<string, Credential>): string {
  const value = valueOf(reference, credentials);
  if (value !== '' && !/[\p{Cc}\p{Cs}]/u.test(value)) return value;
  throw unusable(reference, 'is empty, or holds control characters or half a character, which cannot stand in a URL');
}
