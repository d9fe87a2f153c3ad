import type { Sealed } from '../core/sealed.js';
import { seal } from './seal.js';
import { unavailable } from './unavailable.js';

interface Place {
  readonly name: string;
  readonly file: string;
}

/** The fields of a secret that is a text, as its format says. Throws `secret_unavailable`. */
export function fieldsOf(text: string, format: 'text' | 'json', place: Place): Readonly<Record<string, Sealed>> {
  if (format === 'json') return membersOf(text, place);
  const value = text.replace(/\r?\n$/, '');
  if (value === '') throw unavailable(place.name, `the file ${place.file} is empty`);
  return { value: seal(place.name, value) };
}

/** Top-level text members; others have no one form on the wire. `fromEntries` makes `__proto__` a member like any other. */
function membersOf(text: string, place: Place): Readonly<Record<string, Sealed>> {
  const members = Object.entries(parseObject(text, place)).filter(
    (member): member is [string, string] => typeof member[1] === 'string',
  );
  if (members.length === 0) throw unavailable(place.name, `the file ${place.file} has no text members`);
  return Object.fromEntries(members.map(([field, value]) => [field, seal(place.name, value)]));
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
