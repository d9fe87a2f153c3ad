import { z } from 'zod';
import type { Rule } from '../core/rule.js';
import type { Sealed } from '../core/sealed.js';
import { textOption } from './allowed.js';
import { dotenvOf } from './dotenv.js';
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
  key: textOption(/^[^]+$/, 'the name of one member or line')
    .optional()
    .describe('With `json` and `env`: the one member or line that is the secret; it is the field `value` then.'),
};

export const fileRules: readonly Rule[] = [onlyWith('key', 'format', ['json', 'env'])];

export interface FileFormat {
  readonly format: 'text' | 'json' | 'env';
  readonly key?: string | undefined;
}

/** The fields of a secret that is a text, as its format says. Throws `secret_unavailable`. */
export function fieldsOf(text: string, { format, key }: FileFormat, place: Place): Readonly<Record<string, Sealed>> {
  const { name, file } = place;
  if (format === 'text') {
    const value = text.replace(/\r?\n$/, '');
    if (value === '') throw unavailable(name, `the file ${file} is empty`);
    return { value: seal(name, value) };
  }
  const members = new Map(format === 'json' ? membersOf(text, place) : linesOf(text, place));
  if (key === undefined) {
    // `fromEntries` makes `__proto__` a member like any other.
    return Object.fromEntries(Array.from(members, ([field, value]) => [field, seal(name, value)]));
  }
  const value = members.get(key);
  if (value === undefined) throw unavailable(name, `the file ${file} has no ${key}`, 'missing');
  return { value: seal(name, value) };
}

/** Top-level text members; others have no one form on the wire. */
function membersOf(text: string, place: Place): readonly [string, string][] {
  const members = Object.entries(parseObject(text, place)).filter(
    (member): member is [string, string] => typeof member[1] === 'string',
  );
  if (members.length === 0) throw unavailable(place.name, `the file ${place.file} has no text members`);
  return members;
}

function linesOf(text: string, { name, file }: Place): ReadonlyMap<string, string> {
  const lines = dotenvOf(text);
  if (typeof lines === 'string') throw unavailable(name, `the file ${file} cannot be used: ${lines}`);
  if (lines.size === 0) throw unavailable(name, `the file ${file} has no line NAME=value`);
  return lines;
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
