import type { z } from 'zod';
import type { Rule } from './rule.js';

/**
 * One member of a plug-in family: its name in the configuration, the shape of its options (zod, doc comments by `.describe`),
 * and how it is made from them. The configuration schema, its manual and the composition root all read this one value.
 */
export interface Kind<Shape extends z.ZodRawShape, Context, Made> {
  readonly kind: string;
  /** One sentence for the generated manual. */
  readonly summary: string;
  readonly options: Shape;
  /** What the options have to be together. */
  readonly rules?: readonly Rule[];
  readonly make: (options: z.output<z.ZodObject<Shape>>, context: Context) => Made;
}

/** A kind whose options the reader does not know: what a registry holds. */
export interface AnyKind<Context, Made> {
  readonly kind: string;
  readonly summary: string;
  readonly options: z.ZodRawShape;
  readonly rules?: readonly Rule[];
  readonly make: (options: never, context: Context) => Made;
}

export function defineKind<Shape extends z.ZodRawShape, Context, Made>(
  kind: Kind<Shape, Context, Made>,
): Kind<Shape, Context, Made> {
  return kind;
}
