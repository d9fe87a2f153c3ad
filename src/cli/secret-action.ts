import type { Invocation } from './command.js';
import type { LocatedStore } from './secret-store.js';
import type { Terminal } from './terminal.js';

/** One of the things to do with the built-in store: `keywright secret NAME`. */
export interface SecretAction {
  /** Its options, besides `--config`. */
  readonly options: readonly string[];
  /** Whether the name of a secret comes after it. */
  readonly named: boolean;
  /** `name` is empty where none is asked for. */
  readonly run: (name: string, located: LocatedStore, invocation: Invocation, terminal: Terminal) => Promise<number>;
}
