import { createHmac, randomBytes } from 'node:crypto';

/** Of this process: digests of short values must not be guessable from an audit log. */
const processKey = randomBytes(32);

/** A keyed digest of a value: what a source without versions of its own calls its version. */
export function valueVersion(value: string): string {
  return createHmac('sha256', processKey).update(value).digest('hex').slice(0, 16);
}
