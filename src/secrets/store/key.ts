import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createFile } from '../../core/durable.js';
import { MissingError, UsageError } from '../../core/usage-error.js';
import { isIdentity, newIdentity, type StoreKey } from './age.js';
import { checkFolder } from './folder.js';
import type { StoreIdentity, StoreSurroundings } from './settings.js';
import { readSmallFile } from './small-file.js';

const privately = { most: 16 * 1024, refused: 0o077, instead: 'make it 0600' };
/** Characters of the passphrase of a new store: a copy of the file can be tried against for years. */
const shortest = 12;

/** What opens a store that is there. Throws a `MissingError` or a `UsageError`. */
export async function storeKey(identity: StoreIdentity, surroundings: StoreSurroundings): Promise<StoreKey> {
  if (identity.from === 'passphrase') return passphraseKey(identity.file, surroundings, false);
  const found = await kept(identity, surroundings);
  if (found !== undefined) return { kind: 'identity', identity: found };
  throw new MissingError(
    `${placeOf(identity)} is missing, and without it the store cannot be opened: restore it from your copy.`,
  );
}

/** What a new store is encrypted with; an identity is made unless there is one. `made` says where. */
export async function newStoreKey(
  identity: StoreIdentity,
  surroundings: StoreSurroundings,
): Promise<{ readonly key: StoreKey; readonly made: string | undefined }> {
  if (identity.from === 'passphrase') {
    return { key: await passphraseKey(identity.file, surroundings, true), made: undefined };
  }
  const found = await kept(identity, surroundings);
  if (found !== undefined) return { key: { kind: 'identity', identity: found }, made: undefined };
  const fresh = await newIdentity();
  if (identity.from === 'file') makeFile(identity.path, fresh, surroundings.clock.now());
  else await (await import('./keyring.js')).keep(identity.name, fresh.identity, surroundings);
  return { key: { kind: 'identity', identity: fresh.identity }, made: placeOf(identity) };
}

async function kept(
  identity: Exclude<StoreIdentity, { from: 'passphrase' }>,
  surroundings: StoreSurroundings,
): Promise<string | undefined> {
  const place = placeOf(identity);
  if (identity.from === 'keyring') {
    const found = await (await import('./keyring.js')).lookUp(identity.name, surroundings);
    return found === undefined ? undefined : oneIdentity(found, place);
  }
  const file = await readSmallFile({ ...privately, path: identity.path, what: 'the identity of the store,' });
  return file === undefined ? undefined : oneIdentity(file.bytes.toString('utf8'), place);
}

/** The one line of the text that is no comment. */
async function oneIdentity(text: string, place: string): Promise<string> {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const [line = ''] = lines;
  if (lines.length === 1 && (await isIdentity(line))) return line;
  throw new MissingError(`${place} is not one identity of age (AGE-SECRET-KEY-1…).`);
}

function makeFile(
  path: string,
  { identity, recipient }: { readonly identity: string; readonly recipient: string },
  now: number,
): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  checkFolder(dirname(path));
  const text = `# created: ${new Date(now).toISOString()}\n# public key: ${recipient}\n${identity}\n`;
  // Never over what is there, be it a link to nowhere.
  if (createFile(path, text, 0o600)) return;
  throw new MissingError(`${placeOf({ from: 'file', path })} was not there, and now it is: look at it and try again.`);
}

function placeOf(identity: Exclude<StoreIdentity, { from: 'passphrase' }>): string {
  return identity.from === 'file'
    ? `the identity of the store, ${identity.path},`
    : `the identity of the store, ${identity.name} in the keyring,`;
}

async function passphraseKey(
  file: string | undefined,
  { askPassphrase }: StoreSurroundings,
  isNew: boolean,
): Promise<StoreKey> {
  const passphrase = file === undefined ? await askPassphrase?.(isNew) : await firstLine(file);
  if (passphrase === undefined) {
    throw new MissingError('the passphrase of the store is asked for at a terminal only: name a file with it.');
  }
  if (passphrase === '') throw new UsageError('the passphrase of the store is empty.');
  if (isNew) checkNewPassphrase(passphrase);
  return { kind: 'passphrase', passphrase };
}

/** Throws a `UsageError` for one that a new store does not get. */
export function checkNewPassphrase(passphrase: string): void {
  if (passphrase.length < shortest) {
    throw new UsageError(`the passphrase of a store has to be at least ${shortest} characters long.`);
  }
}

async function firstLine(path: string): Promise<string> {
  const file = await readSmallFile({ ...privately, path, what: 'the passphrase of the store,' });
  if (file === undefined) throw new MissingError(`the passphrase of the store, ${path}, is missing.`);
  const [line = ''] = file.bytes.toString('utf8').split(/\r?\n/, 1);
  return line;
}
