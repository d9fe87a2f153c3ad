import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Reason } from '../../core/reason.js';
import type { Sealed } from '../../core/sealed.js';
import { jsonOf, membersOf } from '../answer.js';
import { reveal, seal } from '../seal.js';

/**
 * The tokens that followed a first one, as they are kept: encrypted with a key that is made from the first one, which is kept elsewhere.
 * So the file is worth nothing by itself, and belongs to one consent: another first token finds nothing of its own in it.
 */
interface Entry {
  /** Which first token it followed: a digest that does not tell it. */
  readonly first: string;
  /** Salt, nonce, tag and ciphertext, base64. */
  readonly sealed: string;
}

const format = 'keywright-oauth-1';
const algorithm = 'aes-256-gcm';
/** Two processes may be told of a new consent at different times: neither must lose what the other has. */
const most = 4;
const [saltLength, nonceLength, tagLength] = [16, 12, 16];

/** The newest token that followed `first`; undefined where there is none. `secret` is the reference of the first. Throws a `Reason`. */
export function successorIn(text: string | undefined, secret: string, first: Sealed): Sealed | undefined {
  const tag = tagOf(first);
  const entry = entriesOf(text, secret).find((one) => one.first === tag);
  return entry === undefined ? undefined : seal(first.name, decrypted(entry, secret, first));
}

/** The text with `token` as the newest that followed `first`; what follows other first ones stays as it is. Throws a `Reason`. */
export function withSuccessor(text: string | undefined, secret: string, first: Sealed, token: Sealed): string {
  const tag = tagOf(first);
  const others = entriesOf(text, secret).filter((one) => one.first !== tag);
  const entries = [{ first: tag, sealed: encrypted(token, tag, secret, first) }, ...others].slice(0, most);
  return `${JSON.stringify({ format, secret, entries }, null, 2)}\n`;
}

function entriesOf(text: string | undefined, secret: string): readonly Entry[] {
  if (text === undefined) return [];
  const state = membersOf(jsonOf(text));
  const entries = state?.['entries'];
  if (state?.['format'] !== format || !Array.isArray(entries) || !entries.every(isEntry)) {
    throw new Reason('it does not hold what Keywright has written: restore it, or remove it and give consent again');
  }
  if (state['secret'] === secret) return entries;
  throw new Reason('it belongs to another refresh token of the configuration: name one file for each in state_file');
}

function isEntry(value: unknown): value is Entry {
  const entry = membersOf(value);
  return typeof entry?.['first'] === 'string' && typeof entry['sealed'] === 'string';
}

function encrypted(token: Sealed, tag: string, secret: string, first: Sealed): string {
  const [salt, nonce] = [randomBytes(saltLength), randomBytes(nonceLength)];
  const cipher = createCipheriv(algorithm, keyFrom(first, salt), nonce).setAAD(boundTo(tag, secret));
  const content = Buffer.concat([cipher.update(reveal(token), 'utf8'), cipher.final()]);
  return Buffer.concat([salt, nonce, cipher.getAuthTag(), content]).toString('base64');
}

function decrypted({ first: tag, sealed }: Entry, secret: string, first: Sealed): string {
  const bytes = Buffer.from(sealed, 'base64');
  const cut = (from: number, length = bytes.length): Buffer => bytes.subarray(from, from + length);
  try {
    const key = keyFrom(first, cut(0, saltLength));
    const options = { authTagLength: tagLength };
    const decipher = createDecipheriv(algorithm, key, cut(saltLength, nonceLength), options);
    decipher.setAAD(boundTo(tag, secret)).setAuthTag(cut(saltLength + nonceLength, tagLength));
    return Buffer.concat([decipher.update(cut(saltLength + nonceLength + tagLength)), decipher.final()]).toString();
  } catch {
    // Cut short or changed: which, the package does not say.
    throw new Reason('what it holds was changed or damaged: restore it, or remove it and give consent again');
  }
}

function boundTo(tag: string, secret: string): Buffer {
  return Buffer.from(`${format}\0${secret}\0${tag}`);
}

/** Refresh tokens cannot be guessed (RFC 6749 section 10.10): a slow derivation would add nothing. */
function keyFrom(first: Sealed, salt: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', reveal(first), salt, `${format} token`, 32));
}

function tagOf(first: Sealed): string {
  return Buffer.from(hkdfSync('sha256', reveal(first), '', `${format} name`, 16)).toString('hex');
}
