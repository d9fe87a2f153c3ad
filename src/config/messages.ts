import { z } from 'zod';
import { found, foundForSet, foundNear, quoted } from './found.js';
import { nearest } from './nearest.js';

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/** Says what was found and what is allowed, for every kind of mistake that a schema of ours can see. */
export function describeIssue(issue: RawIssue): string {
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue);
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) return unknownChoice(issue);
  if (isForSet(issue)) return `found ${foundForSet(issue.input)}; allowed is ${allowedBy(issue)}`;
  if (issue.code === 'invalid_value' && issue.input !== undefined)
    return `found ${foundWithHint(issue.input, issue.values)}; allowed is ${allowedBy(issue)}`;
  return mistake(issue, allowedBy(issue));
}

/**
 * What a family says of its own options is what is allowed: what was found stands before it. Its other sentences stay as they are, such as
 * those that must not show what was found.
 */
export function completed(issue: z.core.$ZodIssue): string {
  const { message, input, path } = issue;
  return message.startsWith('allowed ') ? `${foundAt(input, path)}; ${message}` : message;
}

/** A schema's own error: the same sentence, with what is allowed in the words of that schema. */
export function expected(allowed: string): (issue: RawIssue) => string {
  return (issue) => mistake(issue, allowed);
}

export function foundButAllowed(input: unknown, allowed: string): string {
  return `found ${found(input)}; allowed is ${allowed}`;
}

/** What to say of a key that no section knows, or does not know yet; `instead` has what to write for some that people try. */
export function unknownKey(
  key: string,
  known: readonly string[],
  later: readonly string[],
  instead: ReadonlyMap<string, string> = new Map(),
): string {
  if (later.includes(key)) return notYet(quoted(key), known);
  const other = instead.get(key);
  if (other !== undefined) return `found the unknown key ${quoted(key)}; ${other}; known are ${known.join(', ')}`;
  return `found the unknown key ${foundWithHint(key, [...known, ...later])}; known are ${known.join(', ')}`;
}

/** The one that was most likely meant, to follow what was found; nothing where none is near. */
export function near(input: unknown, known: readonly unknown[]): string {
  const words = known.filter((word) => typeof word === 'string');
  const one = typeof input === 'string' ? nearest(input, words) : undefined;
  return one === undefined ? '' : `; the nearest known one is ${quoted(one)}`;
}

/** What was found and what was most likely meant. */
export function foundWithHint(input: unknown, known: readonly unknown[]): string {
  const hint = near(input, known);
  return `${hint === '' ? found(input) : foundNear(input)}${hint}`;
}

export function notYet(name: string, known: readonly string[]): string {
  return `found ${name}, which is not available yet; known are ${known.join(', ')}`;
}

/** Something stands where a set of keys belongs. */
function isForSet(issue: RawIssue): boolean {
  if (issue.input === undefined || issue.code !== 'invalid_type') return false;
  return issue.inst instanceof z.ZodDiscriminatedUnion || issue.expected === 'object' || issue.expected === 'record';
}

function mistake({ input, path }: RawIssue, allowed: string): string {
  return `${foundAt(input, path)}; allowed is ${allowed}`;
}

function foundAt(input: unknown, path: readonly PropertyKey[] = []): string {
  const key = path.at(-1);
  if (input !== undefined || key === undefined) return `found ${found(input)}`;
  return typeof key === 'number' ? 'found a list that is too short' : `${quoted(String(key))} is missing`;
}

/** Of a set of keys within an option: the sections themselves say more of theirs. */
function unknownKeys(issue: z.core.$ZodRawIssue<z.core.$ZodIssueUnrecognizedKeys>): string {
  const known = issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : [];
  return issue.keys.map((key) => unknownKey(key, known, [])).join('\n');
}

function unknownChoice(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string {
  const { discriminator: key = '', input } = issue;
  const names = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
  const chosen = (input as Readonly<Record<string, unknown>>)[key];
  const allowed = `allowed is one of ${names.join(', ')}`;
  if (chosen === undefined) return `${quoted(key)} is missing; ${allowed}`;
  return `found ${foundWithHint(chosen, names)}; ${allowed}`;
}

function allowedBy(issue: RawIssue): string {
  if (issue.inst instanceof z.ZodDiscriminatedUnion) return choiceIn(issue.inst);
  if (issue.code === 'invalid_type') return types[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return issue.values.map(literal).join(' or ');
  if (issue.code === 'too_small')
    return sized(issue.origin, Number(issue.minimum) === 1 ? 'at least one' : `at least ${issue.minimum}`);
  if (issue.code === 'too_big') return sized(issue.origin, `at most ${issue.maximum}`);
  if (issue.code === 'invalid_format') return `a text of the form ${issue.pattern ?? issue.format}`;
  return 'something else';
}

function choiceIn({ _zod: { propValues }, def: { discriminator: key } }: z.ZodDiscriminatedUnion): string {
  return `a set of keys, of which ${quoted(key)} is one of ${[...(propValues[key] ?? [])].map(String).join(', ')}`;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? quoted(value) : String(value);
}

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list, as in [x] or with a line "- x" for each',
  tuple: 'a list, as in [x] or with a line "- x" for each',
  object: 'a set of keys',
  record: 'a set of keys',
};

function sized(origin: string, bound: string): string {
  switch (origin) {
    case 'string':
      return `a text with ${bound} in it`;
    case 'array':
      return `a list with ${bound} in it`;
    default:
      return `a number of ${bound}`;
  }
}
