import { UsageError } from '../core/usage-error.js';

/** One step is a key or the index in a list. */
export type Path = readonly (string | number)[];

/** A mistake at a place of the document; of an entry, either its value or its key. */
export interface Problem {
  readonly path: Path;
  readonly at: 'key' | 'value';
  /** What was found; what is allowed. */
  readonly message: string;
}

/** Line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface PlacedProblem extends Position {
  readonly message: string;
}

/** Every mistake of one configuration file, each on its own line as `file:line:column: what was found; what is allowed`. */
export class ConfigError extends UsageError {
  /** As it was named. */
  readonly file: string;
  readonly problems: readonly PlacedProblem[];

  constructor(file: string, problems: readonly PlacedProblem[]) {
    const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    const lines = new Set(sorted.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`));
    super([`the configuration cannot be used.`, ...lines].join('\n'));
    this.file = file;
    this.problems = sorted;
  }
}
