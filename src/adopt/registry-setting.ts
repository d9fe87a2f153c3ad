import type { RunProgram } from './run-program.js';

export interface Registries {
  /** In the grammar of `hosts` in the configuration: to be tunnelled. */
  readonly hosts: readonly string[];
  /** PEM files that the clients are configured with, which our bundle replaces and therefore has to hold. */
  readonly certificateFiles: readonly string[];
  /** One sentence for each client that could not be asked. */
  readonly notes: readonly string[];
}

export interface RegistrySetting {
  /** The user's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** A folder without a project in it: the run's private one. */
  readonly folder: string;
  readonly runProgram: RunProgram;
  /** The text of a file; undefined where it cannot be read. */
  readonly readFile: (path: string) => string | undefined;
}
