import type { z } from 'zod';
import type { configSchema } from './schema.js';

/** What the schema makes of a document: durations in milliseconds, sizes in bytes, paths absolute, hosts in canonical form. */
export type Settings = z.output<ReturnType<typeof configSchema>>;

/** A configuration that was read and checked. */
export interface Config extends Settings {
  /** The file it was read from, absolute; for messages. */
  readonly file: string;
  /** Its folder, absolute: what relative paths start from. */
  readonly folder: string;
  /** As it was read. */
  readonly text: string;
}
