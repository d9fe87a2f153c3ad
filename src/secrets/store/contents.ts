import { MissingError } from '../../core/usage-error.js';
import { jsonOf, membersOf } from '../answer.js';

/** One secret of a store, in plaintext. */
export interface StoredSecret {
  readonly fields: ReadonlyMap<string, string>;
  /** When a field of it was last set or removed, RFC 3339. */
  readonly changed: string;
}

/** What a store holds, by name. */
export type Contents = ReadonlyMap<string, StoredSecret>;

export const secretName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
export const fieldName = /^[\w-]{1,64}$/;

/** The plaintext: `{"version":1,"secrets":{NAME:{"fields":{…},"changed":"…"}}}`. `fromEntries` makes `__proto__` a member like any other. */
export function formatContents(contents: Contents): string {
  const secrets = [...contents]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, { fields, changed }]) => [name, { fields: Object.fromEntries(fields), changed }] as const);
  return JSON.stringify({ version: 1, secrets: Object.fromEntries(secrets) });
}

/** Reads what `formatContents` wrote. Throws a `MissingError` that names `file` and repeats nothing of the text. */
export function parseContents(text: string, file: string): Contents {
  const document = membersOf(jsonOf(text));
  const version = document?.['version'];
  if (typeof version === 'number' && version > 1) {
    throw new MissingError(`the store ${file} was written by a newer Keywright.`);
  }
  const secrets = version === 1 ? membersOf(document?.['secrets']) : undefined;
  if (secrets === undefined) throw foreign(file);
  return new Map(Object.entries(secrets).map(([name, entry]) => [name, parseSecret(name, entry, file)]));
}

function parseSecret(name: string, entry: unknown, file: string): StoredSecret {
  const { fields, changed } = membersOf(entry) ?? {};
  const members = Object.entries(membersOf(fields) ?? {});
  const texts = members.filter((member): member is [string, string] => typeof member[1] === 'string');
  const isWhole =
    texts.length === members.length && texts.length > 0 && texts.every(([field]) => fieldName.test(field));
  if (!secretName.test(name) || !isWhole || typeof changed !== 'string' || Number.isNaN(Date.parse(changed))) {
    throw foreign(file);
  }
  return { fields: new Map(texts), changed };
}

function foreign(file: string): MissingError {
  return new MissingError(`the store ${file} was decrypted, but is not one that \`keywright secret\` wrote.`);
}
