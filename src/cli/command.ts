import { parseArgs, type ParseArgsConfig } from 'node:util';
import { errorCode } from '../core/error-code.js';
import { UsageError } from '../core/usage-error.js';
import type { Terminal } from './terminal.js';

type Options = NonNullable<ParseArgsConfig['options']>;

export interface Invocation {
  readonly values: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
  /** What stood after `--`; undefined where there was none. */
  readonly rest: readonly string[] | undefined;
}

/** One command of the program: one file in this folder, one line in `commands.ts`. */
export interface Command {
  readonly name: string;
  /** The text of `--help`: what it shows first is an example. */
  readonly help: string;
  readonly options: Options;
  /** Resolves to the exit code. Throws `UsageError` (2) or `MissingError` (1) with one clear sentence. */
  run(invocation: Invocation, terminal: Terminal): Promise<number>;
}

/** Splits at `--` first, so that nothing of a child's command line is ever taken for an option of ours. */
export function parseInvocation(command: Command, args: readonly string[]): Invocation {
  const split = args.indexOf('--');
  const own = split === -1 ? args : args.slice(0, split);
  try {
    const { values, positionals } = parseArgs({
      args: [...own],
      options: { ...command.options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
      strict: true,
    });
    return { values, positionals, rest: split === -1 ? undefined : args.slice(split + 1) };
  } catch (error) {
    if (errorCode(error)?.startsWith('ERR_PARSE_ARGS_') !== true) throw error;
    throw new UsageError(`${withoutHint((error as Error).message)}. See \`keywright ${command.name} --help\`.`);
  }
}

/** parseArgs appends advice about `--` that does not hold for us; and it may repeat what was typed, which is no secret. */
function withoutHint(message: string): string {
  return message.split('. To specify', 1)[0]?.replace(/\.$/, '') ?? message;
}

/** A text option, or undefined; given twice is a mistake unless the option is multiple. */
export function textOption(invocation: Invocation, name: string): string | undefined {
  const value = invocation.values[name];
  return typeof value === 'string' ? value : undefined;
}

export function listOption(invocation: Invocation, name: string): readonly string[] {
  const value = invocation.values[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
