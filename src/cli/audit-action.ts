import type { Invocation } from './command.js';
import type { Terminal } from './terminal.js';

/** One of the ways to read the log: `keywright audit NAME`. */
export interface AuditAction {
  /** Its options, besides `--config` and `--json`. */
  readonly options: readonly string[];
  readonly run: (paths: readonly string[], invocation: Invocation, terminal: Terminal) => Promise<number>;
}
