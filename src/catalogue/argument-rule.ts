import type { Place } from './place.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** A secret that stands on the command line, or in a variable that an argument names. */
export interface ArgumentSecret {
  /** Index among the child's arguments, from 0. */
  readonly index: number;
  readonly value: string;
  /** The variable that holds it, where the argument only refers to it. */
  readonly variable?: string;
  readonly shapes: readonly string[];
  /** Where the command line itself says so. */
  readonly hosts?: readonly string[];
  readonly places?: readonly Place[];
}

/** Finds the secrets of one service among the child's arguments. */
export type ArgumentRule = (args: readonly string[], environment: Environment) => readonly ArgumentSecret[];

/** `--name VALUE` and `--name=VALUE`. */
export function optionArgument(names: readonly string[], shapes: readonly string[]): ArgumentRule {
  return (args) => optionValues(args, names).map(({ index, value }) => ({ index, value, shapes }));
}

/** An argument of which the pattern's group `secret` is the secret. */
export function matchingArgument(pattern: RegExp, shapes: readonly string[]): ArgumentRule {
  return (args) =>
    args.flatMap((argument, index) => {
      const value = pattern.exec(argument)?.groups?.['secret'];
      return value === undefined ? [] : [{ index, value, shapes }];
    });
}

/** The values that these options are given, with the index of the argument they stand in. */
export function optionValues(
  args: readonly string[],
  names: readonly string[],
): readonly { readonly index: number; readonly value: string }[] {
  return args.flatMap((argument, index) => {
    const name = names.find((candidate) => argument === candidate || argument.startsWith(`${candidate}=`));
    if (name === undefined) return [];
    const next = args[index + 1];
    if (argument !== name) return [{ index, value: argument.slice(name.length + 1) }];
    return next === undefined ? [] : [{ index: index + 1, value: next }];
  });
}
