import { resolve } from 'node:path';
import { z } from 'zod';
import { describeIssue, foundWithHint, notYet, unknownKey } from './messages.js';
import { quoted } from './found.js';
import type { AnyKind } from '../core/kind.js';
import { ruled } from '../core/rule.js';

/**
 * A set of keys where every other key is a mistake. `later` names those of the grammar that are not available yet,
 * `instead` what to write for others that people try.
 * Several unknown keys are one issue of zod's: its message has a line for each, in their order.
 */
export function section<Shape extends z.ZodRawShape>(
  shape: Shape,
  later: readonly string[] = [],
  instead?: ReadonlyMap<string, string>,
): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownKey(key, known, later, instead)).join('\n')
        : undefined,
  });
}

/** A member of a plug-in family as the configuration names it: app makes it, with `kind.make(options, context)`. */
export interface Chosen<Context, Made> {
  readonly kind: AnyKind<Context, Made>;
  readonly options: unknown;
}

/** What stands beside a kind's own options in an entry. */
export interface Entry<Common extends z.ZodRawShape, Context, Made> extends Chosen<Context, Made> {
  readonly common: z.output<z.ZodObject<Common>>;
}

export interface Family<Common extends z.ZodRawShape, Context, Made> {
  readonly by: string;
  readonly kinds: readonly AnyKind<Context, Made>[];
  readonly common: Common;
  readonly later: readonly string[];
  /** What options that are paths (`.meta({ title: 'path' })`) start from. */
  readonly folder: string;
  /** Keys of the grammar, beside the options, that are not available yet. */
  readonly laterKeys?: readonly string[];
  /** What to write for keys that people try and no kind has. */
  readonly instead?: ReadonlyMap<string, string>;
}

/**
 * One of a family: the key `by` names the kind, and the kind's options stand beside it and beside the keys common to all.
 * Adding a kind to its registry is all it takes to have it here, in the JSON Schema and in the manual.
 */
export function oneOf<Common extends z.ZodRawShape, Context, Made>(
  family: Family<Common, Context, Made>,
): z.ZodType<Entry<Common, Context, Made>> {
  const { by, kinds, common, later, folder, laterKeys = [], instead } = family;
  const names = kinds.map(({ kind }) => kind);
  const options = kinds.map(({ kind, summary, options: shape, rules = [] }) =>
    ruled(section({ [by]: z.literal(kind).describe(summary), ...shape, ...common }, laterKeys, instead), rules),
  );
  const shapeOfCommon = Object.keys(common);
  return z
    .discriminatedUnion(by, options as unknown as [z.core.$ZodTypeDiscriminable], {
      error: choice(by, names, later, laterKeys),
    })
    .transform((entry): Entry<Common, Context, Made> => {
      const all = Object.entries(entry as Record<string, unknown>);
      const kind = kinds.find((candidate) => candidate.kind === (entry as Record<string, unknown>)[by]);
      if (kind === undefined) throw new TypeError(`no kind for ${by}`);
      const isCommon = ([key]: [string, unknown]): boolean => shapeOfCommon.includes(key);
      return {
        kind,
        options: Object.fromEntries(
          all
            .filter((pair) => !isCommon(pair) && pair[0] !== by)
            .map(([name, value]) => [name, isPath(kind.options[name]) ? resolve(folder, String(value)) : value]),
        ),
        common: Object.fromEntries(all.filter(isCommon)) as z.output<z.ZodObject<Common>>,
      };
    });
}

/** One of either family, whose key it has: mistakes are told in the terms of that one. */
export function oneOfEither<Common extends z.ZodRawShape, Context, Made>(
  first: Family<Common, Context, Made>,
  second: Family<Common, Context, Made>,
): z.ZodType<Entry<Common, Context, Made>> {
  const schemas = [oneOf(first), oneOf(second)] as const;
  const options = schemas.flatMap((schema) => z.toJSONSchema(schema, { io: 'input' })['oneOf'] ?? []);
  return z
    .unknown()
    .meta({ oneOf: options })
    .transform((entry, context) => {
      const named = [first, second].filter(({ by }) => isSet(entry) && by in entry);
      if (isSet(entry) && named.length !== 1) {
        context.issues.push({ code: 'custom', message: notOne(first, second, named.length), input: entry });
        return z.NEVER;
      }
      const chosen = named[0] === second ? schemas[1] : schemas[0];
      const read = chosen.safeParse(entry, { error: describeIssue, reportInput: true });
      if (read.success) return read.data;
      context.issues.push(...read.error.issues.flatMap((issue) => toldAsBefore(issue, entry)));
      return z.NEVER;
    });
}

/** What to say of an entry that has the keys of both families, or of neither. */
function notOne(first: Named, second: Named, count: number): string {
  const [by, other] = [first, second].map((family) => quoted(family.by));
  if (count > 1) return `found ${by} and ${other} in one entry; allowed is an entry for each`;
  const [one, another] = [first, second].map(({ kinds }) => kinds.map(({ kind }) => kind).join(', '));
  return `${by} or ${other} is missing; allowed is ${by} with one of ${one}, or ${other} with one of ${another}`;
}

interface Named {
  readonly by: string;
  readonly kinds: readonly { readonly kind: string }[];
}

/** Unknown keys do not stop what follows in a pipe of zod's; here the entry is of no use with them either. */
function toldAsBefore(issue: z.core.$ZodIssue, input: unknown): z.core.$ZodRawIssue[] {
  if (issue.code !== 'unrecognized_keys') return [issue as z.core.$ZodRawIssue];
  const messages = issue.message.split('\n');
  return issue.keys.map((key, index) => {
    const path = [...issue.path, key];
    return { code: 'custom', path, message: messages[index] ?? issue.message, params: { at: 'key' }, input };
  });
}

/** An option of a kind: families do not know where the configuration file is. */
function isPath(schema: unknown): boolean {
  if (!(schema instanceof z.ZodType)) return false;
  // `.optional()` and the like wrap the schema that was described.
  return schema.meta()?.title === 'path' || ('innerType' in schema.def && isPath(schema.def.innerType));
}

/** What to say where the key `by` names none of a family; other mistakes of such an entry are described as everywhere. */
export function choice(
  by: string,
  names: readonly string[],
  later: readonly string[],
  laterKeys: readonly string[],
): (issue: { readonly input: unknown }) => string | undefined {
  return ({ input }) => {
    if (!isSet(input)) return undefined;
    const chosen = input[by];
    if (typeof chosen === 'string' && later.includes(chosen)) return notYet(quoted(chosen), names);
    const instead = laterKeys.find((key) => key in input);
    if (chosen === undefined && instead !== undefined) return notYet(quoted(instead), [by]);
    const allowed = `allowed is one of ${names.join(', ')}`;
    return chosen === undefined
      ? `"${by}" is missing; ${allowed}`
      : `found ${foundWithHint(chosen, names)}; ${allowed}`;
  };
}

/** A set of keys, as YAML has it. */
export function isSet(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
