import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import type { Identity, Recipient, Stanza } from 'age-encryption';

/**
 * The scrypt stanza of age (C2SP age, "The scrypt recipient type") by Node's own scrypt: that of the package computes in the turn,
 * and a proxy would stand still for a second or two at each change of its store.
 */
const label = 'age-encryption.org/v1/scrypt';
const cipher = 'chacha20-poly1305';
const tagBytes = 16;

/** Base-2 logarithm of scrypt's N: 128 MiB and some tenths of a second, as OWASP's Password Storage Cheat Sheet advises. */
export const workFactor = 17;
/** What `age -p` takes. A file asks for 2^N KiB of memory before anything of it is known to be genuine: no more than that. */
const largestWorkFactor = 18;

export function passphraseRecipient(
  passphrase: string,
  makeStanza: (args: string[], body: Uint8Array) => Stanza,
): Recipient {
  return {
    async wrapFileKey(fileKey) {
      const salt = randomBytes(16);
      const sealing = createCipheriv(cipher, await derive(passphrase, salt, workFactor), Buffer.alloc(12), {
        authTagLength: tagBytes,
      });
      const body = Buffer.concat([sealing.update(fileKey), sealing.final(), sealing.getAuthTag()]);
      return [makeStanza(['scrypt', base64(salt), String(workFactor)], body)];
    },
  };
}

export function passphraseIdentity(passphrase: string): Identity {
  return {
    async unwrapFileKey(stanzas) {
      const [stanza, ...more] = stanzas;
      if (stanza?.args[0] !== 'scrypt') return null;
      // With others beside it, a file would not be the work of somebody who knows the passphrase.
      if (more.length > 0 || stanza.args.length !== 3 || stanza.body.length !== 32) throw new Error('scrypt stanza');
      const [, saltText = '', factor = ''] = stanza.args;
      const salt = Buffer.from(saltText, 'base64');
      if (salt.length !== 16 || base64(salt) !== saltText) throw new Error('scrypt salt');
      if (!/^[1-9]\d?$/.test(factor) || Number(factor) > largestWorkFactor) throw new Error('scrypt work factor');
      return opened(await derive(passphrase, salt, Number(factor)), stanza.body);
    },
  };
}

/** Null where the passphrase is another one. */
function opened(key: Buffer, body: Uint8Array): Uint8Array | null {
  const opening = createDecipheriv(cipher, key, Buffer.alloc(12), { authTagLength: tagBytes });
  opening.setAuthTag(body.subarray(-tagBytes));
  const fileKey = opening.update(body.subarray(0, -tagBytes));
  try {
    opening.final();
    return fileKey;
  } catch {
    // Node says no more than that it is not genuine.
    return null;
  }
}

function derive(passphrase: string, salt: Buffer, factor: number): Promise<Buffer> {
  const N = 2 ** factor;
  const options = { N, r: 8, p: 1, maxmem: 2 * 128 * 8 * N };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, Buffer.concat([Buffer.from(label), salt]), 32, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
