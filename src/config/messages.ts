import { z } from 'zod';
import { found, quoted } from './found.js';
import { nearest } from './nearest.js';

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/** Says what was found and what is allowed, for every kind of mistake that a schema of ours can see. */
export function describeIssue(issue: RawIssue): string {
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue);
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) return unknownChoice(issue);
  return mistake(issue, allowedBy(issue), issue.code === 'invalid_value' ? near(issue.input, issue.values) : '');
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

/** What to say of a key that no section knows, or does not know yet. */
export function unknownKey(key: string, known: readonly string[], later: readonly string[]): string {
  if (later.includes(key)) return notYet(quoted(key), known);
  return `found the unknown key ${found(key)}${near(key, [...known, ...later])}; known are ${known.join(', ')}`;
}

/** The one that was most likely meant, to follow what was found; nothing where none is near. */
export function near(input: unknown, known: readonly unknown[]): string {
  const words = known.filter((word) => typeof word === 'string');
  const one = typeof input === 'string' ? nearest(input, words) : undefined;
  return one === undefined ? '' : `; the nearest known one is ${quoted(one)}`;
}

export function notYet(name: string, known: readonly string[]): string {
  return `found ${name}, which is not available yet; known are ${known.join(', ')}`;
}

function mistake({ input, path }: RawIssue, allowed: string, hint = ''): string {
  return `${foundAt(input, path)}${hint}; allowed is ${allowed}`;
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
  return `found ${found(chosen)}${near(chosen, names)}; ${allowed}`;
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
