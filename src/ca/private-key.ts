import { createPrivateKey, type KeyObject } from 'node:crypto';
import { UsageError } from '../core/usage-error.js';
import { canSign } from './certificate.js';

/**
 * The private key in a PEM text; `file` is what messages name. Throws a `UsageError` without a cause: nothing that was read from
 * a key file, and no passphrase, goes into an error.
 */
export function parseKey(pem: string, file: string, passphrase?: string): KeyObject {
  const encrypted = /^(?:-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED)/m.test(pem);
  if (encrypted && passphrase === undefined) {
    throw new UsageError(
      `The key in ${file} is encrypted: name the file of its passphrase as \`ca.key_passphrase_file\`.`,
    );
  }
  const key = encrypted ? decrypt(pem, passphrase, file) : read(pem, file);
  if ((key.asymmetricKeyDetails?.modulusLength ?? 2048) < 2048) {
    throw new UsageError(`The key in ${file} is RSA of less than 2048 bits, which clients refuse.`);
  }
  if (canSign(key)) return key;
  throw new UsageError(`The key in ${file} is of a kind that cannot be used: P-256, P-384, P-521, RSA or Ed25519 can.`);
}

function read(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new UsageError(`The file ${file} holds no private key in PEM.`);
  }
}

function decrypt(pem: string, passphrase: string | undefined, file: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, passphrase });
  } catch {
    throw new UsageError(`The key in ${file} cannot be decrypted with the passphrase given for it.`);
  }
}
