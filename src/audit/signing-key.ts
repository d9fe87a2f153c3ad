import { createPrivateKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import fs from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../core/error-code.js';
import { Refusal } from '../core/refusal.js';
import type { Signer } from './checkpoint.js';

/**
 * The key that signs checkpoints: Ed25519, PKCS #8 in PEM, mode 0600. Made once, where `mayMake` says that nothing was signed before:
 * a lost key is for its owner to restore, not to replace silently. Throws `Refusal('audit_unavailable')` with the reason.
 */
export function openSigner(path: string, mayMake: () => boolean): KeptSigner {
  const pem = readKey(path) ?? makeKey(path, mayMake);
  const privateKey = parseKey(path, pem);
  const { x: key = '' } = privateKey.export({ format: 'jwk' }) as { x?: string };
  return {
    key,
    sign: (statement) => sign(null, Buffer.from(statement), privateKey).toString('base64url'),
    keep() {
      if (!fs.existsSync(path)) placeKey(path, pem);
    },
  };
}

export interface KeptSigner extends Signer {
  /** Puts the key back where it went missing, as with the whole folder: what it signs now has to have it later. */
  keep(): void;
}

/** Undefined where it is missing; unreadable is not missing. */
function readKey(path: string): string | undefined {
  let file: number;
  try {
    file = fs.openSync(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw unavailable(`the audit key ${path} cannot be read (${errorCode(error) ?? 'unknown error'})`);
  }
  try {
    // The mode is that of the opened file, so that nothing can be put in its place in between.
    const mode = fs.fstatSync(file).mode & 0o777;
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw unavailable(`the audit key ${path} is open to others than its owner: make it 0600`);
    return fs.readFileSync(file, 'utf8');
  } finally {
    fs.closeSync(file);
  }
}

/** Two processes at once end with the same key: it appears whole, by a link, and only where there is none. */
function makeKey(path: string, mayMake: () => boolean): string {
  if (!mayMake()) throw unavailable(`the audit key ${path} is missing: restore it, or move away what it has signed`);
  const { privateKey } = generateKeyPairSync('ed25519');
  placeKey(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  const made = readKey(path);
  if (made === undefined) throw unavailable(`the audit key ${path} went away as it was made`);
  return made;
}

function placeKey(path: string, pem: string): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    fs.writeFileSync(draft, pem, { mode: 0o600, flag: 'wx' });
    try {
      fs.linkSync(draft, path);
    } finally {
      fs.unlinkSync(draft);
    }
  } catch (error) {
    // Another process was first: its key is the one.
    if (errorCode(error) !== 'EEXIST')
      throw unavailable(`the audit key ${path} cannot be made (${errorCode(error) ?? 'unknown error'})`);
  }
}

function parseKey(path: string, pem: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    // What the parser says of it may repeat it.
  }
  if (key?.asymmetricKeyType !== 'ed25519') throw unavailable(`the audit key ${path} is not an Ed25519 key in PEM`);
  return key;
}

function unavailable(reason: string): Refusal {
  return new Refusal('audit_unavailable', { cause: reason });
}
