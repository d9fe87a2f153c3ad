import type { Mode } from './index.js';
import type { Placeholders } from './placeholder.js';

/** What a place is made with, beside its options. */
export interface InjectContext {
  readonly mode: Mode;
  readonly placeholders: Placeholders;
}
