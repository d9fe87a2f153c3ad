import { createHash, randomBytes } from 'node:crypto';

/** A new 256-bit token in URL-safe characters, as it has to stand in a proxy URL, and what the configuration keeps of it. */
export function newToken(): { readonly token: string; readonly sha256: string } {
  const token = randomBytes(32).toString('base64url');
  return { token, sha256: createHash('sha256').update(token).digest('hex') };
}
