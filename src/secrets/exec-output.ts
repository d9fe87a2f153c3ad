import type { Sealed } from '../core/sealed.js';
import { jsonOf, membersOf, sealMembers } from './answer.js';
import { seal } from './seal.js';
import { unavailable } from './unavailable.js';
import { valueVersion } from './value-version.js';

interface Place {
  readonly name: string;
  readonly command: string;
}

export interface OutputFormat {
  readonly format: 'text' | 'json';
  readonly expires_field?: string | undefined;
}

interface Output {
  readonly fields: Readonly<Record<string, Sealed>>;
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | undefined;
}

/** Objects in objects: deeper ones are left out. */
const deepest = 4;

/** What a command wrote, as fields. Throws `secret_unavailable`, without a word of it. */
export function fieldsOfOutput(output: Buffer, { format, expires_field: field }: OutputFormat, place: Place): Output {
  const { name } = place;
  const text = textOf(output, place);
  if (format === 'text') {
    return { fields: { value: seal(name, text) }, version: valueVersion(text), expiresAt: undefined };
  }
  const object = membersOf(jsonOf(text));
  if (object === undefined) throw failed(place, 'its output is not a JSON object');
  const members = new Map<string, unknown>();
  for (const [member, value] of flattened(object, '', deepest)) {
    if (members.has(member)) throw failed(place, 'two members of its output would be the same field');
    members.set(member, value);
  }
  const expiresAt = field === undefined ? undefined : timeOf(members.get(field));
  if (field !== undefined && expiresAt === undefined) throw failed(place, `its output has no time in ${field}`);
  // It is no secret: it would be masked in answers.
  if (field !== undefined) members.delete(field);
  const fields = sealMembers(name, Object.fromEntries(members));
  if (Object.keys(fields).length === 0) throw failed(place, 'its output has no members that are text');
  return { fields, version: valueVersion(JSON.stringify([...members])), expiresAt };
}

function textOf(output: Buffer, place: Place): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(output).replace(/\r?\n$/, '');
  } catch {
    // The decoder's message says no more than this.
    throw failed(place, 'its output is not UTF-8 text');
  }
  if (text.includes('\0')) throw failed(place, 'its output has a NUL character');
  if (text === '') throw failed(place, 'it wrote nothing');
  return text;
}

function failed({ name, command }: Place, why: string): ReturnType<typeof unavailable> {
  return unavailable(name, `the command ${command} failed: ${why}`);
}

function* flattened(
  object: Readonly<Record<string, unknown>>,
  prefix: string,
  depth: number,
): Iterable<[string, unknown]> {
  for (const [member, value] of Object.entries(object)) {
    const inner = membersOf(value);
    if (inner === undefined) yield [prefix + member, value];
    else if (depth > 1) yield* flattened(inner, `${prefix}${member}_`, depth - 1);
  }
}

const date = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** RFC 3339 with an offset, or seconds since the epoch; milliseconds. */
function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d{1,12}(?:\.\d+)?$/.test(value))) {
    const seconds = Number(value);
    return Number.isFinite(seconds) && seconds > 0 && seconds < 1e11 ? seconds * 1000 : undefined;
  }
  if (typeof value !== 'string' || !date.test(value)) return undefined;
  const time = Date.parse(value.replace(' ', 'T').toUpperCase());
  return Number.isNaN(time) ? undefined : time;
}
