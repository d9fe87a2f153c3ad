import { createHash, timingSafeEqual } from 'node:crypto';
import { Refusal } from '../core/refusal.js';
import type { Identifier } from './index.js';

/** A client with a static token, of which the configuration holds the SHA-256 in hexadecimal. */
export interface TokenClient {
  readonly name: string;
  readonly tokenSha256?: string | undefined;
}

/** Compared where the name is unknown, so that an unknown name takes as long as a known one. No text has this hash. */
const nobody = Buffer.alloc(32);

/**
 * Knows callers by a 256-bit token: as it is random, one SHA-256 of it is enough. Hashes are compared in constant time,
 * so that the time an answer takes tells nothing of how much of a guess was right.
 */
export function tokenIdentifier(clients: readonly TokenClient[]): Identifier {
  const hashes = new Map<string, Buffer>();
  for (const { name, tokenSha256 } of clients) {
    if (tokenSha256 !== undefined) hashes.set(name, Buffer.from(tokenSha256, 'hex'));
  }
  return ({ username, password }) => {
    const expected = hashes.get(username);
    const equal = timingSafeEqual(createHash('sha256').update(password).digest(), expected ?? nobody);
    if (expected === undefined) return undefined;
    if (!equal) throw new Refusal('caller_wrong');
    return { client: username };
  };
}
