import type { z } from 'zod';

/** What is wrong with options that are each right by themselves. */
export interface Mistake {
  /** Where, from the options on; a key that is missing is where it would stand. */
  readonly path: readonly (string | number)[];
  /** `found …; allowed is …`. It names options, and holds none of their values that could be a secret. */
  readonly message: string;
}

/** What some options of one entry have to be together. Pure, and by the configuration alone: nothing is looked up. */
export interface Rule {
  /** The options it looks at. Where one of them is wrong by itself, the rule has nothing to say. */
  readonly of: readonly string[];
  readonly mistakes: (options: never) => readonly Mistake[];
}

/**
 * A set of keys that has to keep to rules. They are asked though other keys are wrong, so that all mistakes are told at once;
 * the JSON Schema does not know of them.
 */
export function ruled<Schema extends z.ZodType>(schema: Schema, rules: readonly Rule[]): Schema {
  if (rules.length === 0) return schema;
  return schema.superRefine(
    (options, context) => {
      const broken = new Set(context.issues.map(({ path = [] }) => path[0]));
      const whole = rules.filter(({ of }) => !of.some((key) => broken.has(key)));
      for (const { path, message } of whole.flatMap(({ mistakes }) => mistakes(options as never))) {
        context.addIssue({ code: 'custom', path: [...path], message, params: { at: 'key' } });
      }
    },
    { when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value) },
  );
}
