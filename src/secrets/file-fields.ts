import { z } from 'zod';
import { shownName } from '../core/key-shape.js';
import type { Rule } from '../core/rule.js';
import { nameOption } from './allowed.js';
import { dotenvOf } from './dotenv.js';
import type { Fetched } from './index.js';
import { onlyWith } from './option-rules.js';
import { seal } from './seal.js';
import { unavailable } from './unavailable.js';

interface Place {
  readonly name: string;
  readonly file: string;
}

/** What the text of a file is. */
export const fileOptions = {
  format: z
    .enum(['text', 'json', 'env'])
    .default('text')
    .describe(
      '`text`: the whole file, less one newline at its end. `json`: an object whose text members are the fields. `env`: lines `NAME=value`, as `.env` files have them; each is a field.',
    ),
  key: nameOption(/^[^]+$/, 'the name of one member or line')
    .optional()
    .describe('With `json` and `env`: the one member or line that is the secret; it is the field `value` then.'),
};

export const fileRules: readonly Rule[] = [onlyWith('key', 'format', ['json', 'env'])];

export interface FileFormat {
  readonly format: 'text' | 'json' | 'env';
  readonly key?: string | undefined;
}

/** The fields of a secret that is a text, as its format says. Throws `secret_unavailable`. */
export function fieldsOf(
  text: string,
  { format, key }: FileFormat,
  place: Place,
): Pick<Fetched, 'fields' | 'unusable'> {
  const { name, file } = place;
  if (format === 'text') {
    const value = text.replace(/\r?\n$/, '');
    if (value === '') throw unavailable(name, `the file ${file} is empty`);
    return { fields: { value: seal(name, value) } };
  }
  const { members, unusable } = format === 'json' ? membersOf(text, place) : linesOf(text, place);
  if (key === undefined) {
    // `fromEntries` makes `__proto__` a member like any other.
    const fields = Object.fromEntries(Array.from(members, ([field, value]) => [field, seal(name, value)]));
    return { fields, unusable };
  }
  const value = members.get(key);
  const why = Object.hasOwn(unusable, key) ? unusable[key] : undefined;
  if (why !== undefined) throw unavailable(name, `the ${key} of the file ${file} ${why}`, 'missing');
  if (value === undefined) throw unavailable(name, `the file ${file} has no ${shownName(key)}`, 'missing');
  return { fields: { value: seal(name, value) } };
}

interface Read {
  readonly members: ReadonlyMap<string, string>;
  readonly unusable: Readonly<Record<string, string>>;
}

/** Top-level text members; others have no one form on the wire. */
function membersOf(text: string, place: Place): Read {
  const all = Object.entries(parseObject(text, place));
  const members = new Map(all.filter((member): member is [string, string] => typeof member[1] === 'string'));
  const others = all.filter(([field]) => !members.has(field));
  if (members.size === 0) {
    throw unavailable(place.name, `the file ${place.file} has no text members${told(others.map(([field]) => field))}`);
  }
  return { members, unusable: Object.fromEntries(others.map(([field]) => [field, 'is not a text'])) };
}

/** Some of those that are there: names only, and short ones, as what is long could be a value. */
function told(names: readonly string[]): string {
  const shown = names.filter((field) => /^[\w.-]{1,32}$/.test(field)).slice(0, 5);
  if (names.length === 0) return '';
  const which = shown.length === 0 ? '' : ` ${shown.join(', ')}${names.length > shown.length ? ', …' : ''}`;
  return `: what it has${which === '' ? '' : `,${which},`} is no text`;
}

function linesOf(text: string, { name, file }: Place): Read {
  const lines = dotenvOf(text);
  if (typeof lines === 'string') throw unavailable(name, `the file ${file} cannot be used: ${lines}`);
  if (lines.size === 0) throw unavailable(name, `the file ${file} has no line NAME=value`);
  return { members: lines, unusable: {} };
}

function parseObject(text: string, { name, file }: Place): object {
  const parsed = parseJson(text);
  if (parsed === undefined) throw unavailable(name, `the file ${file} is not JSON`);
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw unavailable(name, `the file ${file} does not hold a JSON object`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser repeats the text in its message: nothing of it may go on.
    return undefined;
  }
}
