import type { z } from 'zod';
import { found, quoted } from './found.js';
import { nearest } from './nearest.js';

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/** Says what was found and what is allowed, for every kind of mistake that a schema of ours can see. */
export function describeIssue(issue: RawIssue): string {
  return mistake(issue, allowedBy(issue));
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
  const near = nearest(key, [...known, ...later]);
  const hint = near === undefined ? '' : `; the nearest known one is ${quoted(near)}`;
  return `found the unknown key ${found(key)}${hint}; known are ${known.join(', ')}`;
}

export function notYet(name: string, known: readonly string[]): string {
  return `found ${name}, which is not available yet; known are ${known.join(', ')}`;
}

function mistake(issue: RawIssue, allowed: string): string {
  if (issue.input !== undefined) return foundButAllowed(issue.input, allowed);
  const key = issue.path?.at(-1);
  return key === undefined
    ? `found nothing; allowed is ${allowed}`
    : `${quoted(String(key))} is missing; allowed is ${allowed}`;
}

function allowedBy(issue: RawIssue): string {
  if (issue.code === 'invalid_type') return types[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return issue.values.map(literal).join(' or ');
  if (issue.code === 'too_small')
    return sized(issue.origin, Number(issue.minimum) === 1 ? 'at least one' : `at least ${issue.minimum}`);
  if (issue.code === 'too_big') return sized(issue.origin, `at most ${issue.maximum}`);
  if (issue.code === 'invalid_format') return `a text of the form ${issue.pattern ?? issue.format}`;
  return 'something else';
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
