/** Every kind of record. */
export const recordKinds = [
  'start',
  'stop',
  'reload',
  'use',
  'end',
  'refused',
  'secret',
  'noise',
  'lost',
  'header',
  'checkpoint',
] as const;

export type RecordKind = (typeof recordKinds)[number];

/** What every record begins with. `time` is RFC 3339 in UTC with milliseconds. */
export interface RecordHead {
  readonly time: string;
  readonly id: string;
  readonly kind: RecordKind;
  readonly instance: string;
  /** The `keywright run` it belongs to. */
  readonly run?: string;
}

/**
 * One record as one line of JSON without its line end, printable ASCII only: control characters could break the line, and
 * escape, bidirectional and zero-width characters could make a terminal or a log viewer show something that is not there.
 */
export function recordLine(head: RecordHead, fields: object): string {
  const { time, id, kind, instance, run } = head;
  return writeRecord(time, id, kind, originMembers(instance, run), fields);
}

/** The members that are the same in every record of a process, as text for `writeRecord`. */
export function originMembers(instance: string, run: string | undefined): string {
  return membersOf(run === undefined ? { instance } : { instance, run });
}

/** `recordLine` with the constant part written once: this runs twice for each request. `time` is RFC 3339, ours. */
export function writeRecord(time: string, id: string, kind: RecordKind, origin: string, fields: object): string {
  const members = membersOf(fields);
  const head = `{"time":"${time}","id":${encodeText(id, longestOther)},"kind":"${kind}",${origin}`;
  return members === '' ? `${head}}` : `${head},${members}}`;
}

export function asciiJson(value: object): string {
  return encode(value, longestOther);
}

/** Any JSON as printable ASCII that means the same. */
export function printableJson(json: string): string {
  return json.replace(/[\x7f-\uffff]/g, escapeUnit);
}

/** Longest value in characters, by field; a caller chooses what stands in them. */
const longest: ReadonlyMap<string, number> = new Map([
  ['path', 2048],
  ['reason', 512],
]);
const longestOther = 256;
const longestList = 64;

/** A name as it stands before its value, first in its object and after others, and how long a text may be. */
interface Member {
  readonly first: string;
  readonly next: string;
  readonly most: number;
}

/** Names of fields are ours and few; those beyond come from nowhere a caller reaches, and are encoded each time. */
const members = new Map<string, Member>();
const mostMembers = 256;

function memberOf(key: string): Member {
  const known = members.get(key);
  if (known !== undefined) return known;
  const name = `${encodeText(key, longestOther)}:`;
  const member = { first: name, next: `,${name}`, most: longest.get(key) ?? longestOther };
  if (members.size < mostMembers) members.set(key, member);
  return member;
}

function encode(value: unknown, most: number): string {
  if (typeof value === 'string') return encodeText(value, most);
  if (typeof value === 'number' && Number.isFinite(value)) return `${value}`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return Array.isArray(value) ? encodeList(value, most) : `{${membersOf(value)}}`;
}

function encodeList(list: readonly unknown[], most: number): string {
  let text = '';
  for (let i = 0; i < list.length && i < longestList; i += 1) text += `${i === 0 ? '' : ','}${encode(list[i], most)}`;
  return `[${text}]`;
}

function membersOf(fields: object): string {
  let text = '';
  // Not Object.keys: on our plain objects this is the faster by a third.
  for (const key in fields) {
    const value = (fields as Readonly<Record<string, unknown>>)[key];
    if (value === undefined) continue;
    const { first, next, most } = memberOf(key);
    text += (text === '' ? first : next) + encode(value, most);
  }
  return text;
}

/** Cut with a mark that tells how much is gone. Half a surrogate pair is no character, and strict readers refuse the whole record. */
function encodeText(text: string, most: number): string {
  const kept = text.length <= most ? text : `${text.slice(0, most)}[+${text.length - most} cut]`;
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(kept)) return `"${kept}"`;
  return printableJson(JSON.stringify(kept.replace(/\p{Surrogate}/gu, '\ufffd')));
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
