import { MissingError } from '../../core/usage-error.js';
import { passphraseIdentity, passphraseRecipient } from './passphrase.js';

declare global {
  // Names of browsers that the types of the package use: keys of WebCrypto and passkeys. Nothing of ours passes them.
  type CryptoKey = never;
  type AuthenticationExtensionsPRFValues = never;
}

/** What encrypts and decrypts a store. */
export type StoreKey =
  | { readonly kind: 'identity'; readonly identity: string }
  | { readonly kind: 'passphrase'; readonly passphrase: string };

/** The package is large and takes a tenth of a second to load: whoever has no store never waits for it. */
const age = () => import('age-encryption');

/** A new X25519 identity: not the hybrid one, which the `age` of today's distributions cannot read. */
export async function newIdentity(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const { generateX25519Identity, identityToRecipient } = await age();
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** Whether age can use this as an identity. What it says of one that it cannot use may repeat it, and goes nowhere. */
export async function isIdentity(text: string): Promise<boolean> {
  try {
    await (await age()).identityToRecipient(text);
    return true;
  } catch {
    return false;
  }
}

/** The age file of a text (https://age-encryption.org/v1): `age --decrypt -i IDENTITY` reads it. */
export async function encrypt(text: string, key: StoreKey): Promise<Buffer> {
  const { Encrypter, Stanza, identityToRecipient } = await age();
  const encrypter = new Encrypter();
  encrypter.addRecipient(
    key.kind === 'identity'
      ? await identityToRecipient(key.identity)
      : passphraseRecipient(key.passphrase, (args, body) => new Stanza(args, body)),
  );
  return Buffer.from(await encrypter.encrypt(text));
}

/** The text of an age file. Throws a `MissingError` without a cause: nothing of key or text goes into an error. */
export async function decrypt(bytes: Uint8Array, key: StoreKey, file: string): Promise<string> {
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  decrypter.addIdentity(key.kind === 'identity' ? key.identity : passphraseIdentity(key.passphrase));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await decrypter.decrypt(bytes));
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('no identity matched')) {
      throw new MissingError(`the store ${file} ${whyShut(key, bytes)}.`);
    }
    throw new MissingError(
      `the store ${file} is damaged, was tampered with, or is not an age file: put a copy of it back, or name another file in \`store\`.`,
    );
  }
}

/** What opens it may be of the other kind: the first stanza of its header says so to everybody. */
function whyShut({ kind }: StoreKey, bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  const isByPassphrase = /^age-encryption\.org\/v1\n-> scrypt /.test(head);
  if (kind === 'identity') {
    return isByPassphrase
      ? 'is opened by a passphrase: `identity` in `store` has to be `{ from: passphrase }`'
      : 'was encrypted for another identity: `identity` in `store` has to be the one that it was made with';
  }
  return isByPassphrase
    ? 'has another passphrase: type it again, or correct the file that `identity` in `store` names'
    : 'is opened by an identity, not by a passphrase: `identity` in `store` has to be `{ from: file, … }` or `{ from: keyring }`';
}
