import { generateKeyPairSync, sign } from 'node:crypto';
import type { Signer } from '../../src/audit/checkpoint.js';

/** A key of its own for each test. */
export function testSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x: key = '' } = publicKey.export({ format: 'jwk' }) as { x?: string };
  return { key, sign: (statement) => sign(null, Buffer.from(statement), privateKey).toString('base64url') };
}
