import type { Refusal } from '../core/refusal.js';
import { unavailable, type Credential } from '../secrets/index.js';
import { valueOf, type Reference } from './template.js';

/**
 * A secret's value as it may stand in a header field (RFC 9110 section 5.5): visible ASCII and inner spaces. CR, LF and NUL
 * would begin another field; what is beyond ASCII, or a space at an end, reads differently at different servers.
 * Throws `secret_unavailable`, whose cause names the secret and never repeats the value.
 */
export function headerValueOf(reference: Reference, credentials: ReadonlyMap<string, Credential>): string {
  const value = valueOf(reference, credentials);
  if (/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value)) return value;
  throw unusable(reference, 'holds characters, or a space at an end, that cannot stand in a header');
}

/** Whether a value is secret: a plain one alone is nothing that a scrubber should look for. */
export function isSecret({ secret, field }: Reference, credentials: ReadonlyMap<string, Credential>): boolean {
  const credential = credentials.get(secret);
  return credential?.sealed.includes(credential.field(field)) === true;
}

/** A value that cannot stand where it should go. */
export function unusable({ secret, field }: Reference, why: string): Refusal {
  return unavailable(secret, `its field ${field} ${why}`, 'denied');
}
