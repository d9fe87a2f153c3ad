import type { Reach } from '../process/reach.js';

/** All of the process that a command may touch; `main` makes the one real value, tests make their own. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** Whether stdin is a terminal. */
  readonly interactive: boolean;
  out(text: string): void;
  error(text: string): void;
  /** Resolves once whoever reads the output has taken most of it: what prints much waits for this now and then. */
  drained?(): Promise<void>;
  /** The whole of standard input as text. */
  input(): Promise<string>;
  /** Standard input as bytes, to its end or until there are more than `most`. */
  inputBytes(most: number): Promise<Buffer>;
  /** A line that a person types at the terminal, of which nothing is shown; undefined where there is no terminal. */
  askHidden(question: string): Promise<string | undefined>;
  /** Calls back for each signal that asks the program to end or reload; returns how to stop listening. */
  onSignal(listener: (signal: NodeJS.Signals) => void): () => void;
  /** Who can read what this process holds. */
  readonly reach: Reach;
}
