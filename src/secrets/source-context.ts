import type { Clock } from '../core/clock.js';

/** What a source is made with, beside its options. */
export interface SourceContext {
  /** The name of the secret in the configuration. */
  readonly name: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder of the configuration file: where relative paths begin. */
  readonly folder: string;
  readonly clock: Clock;
}
