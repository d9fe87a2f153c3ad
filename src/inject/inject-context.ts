import type { Clock } from '../core/clock.js';
import type { Mode } from './index.js';
import type { Placeholders } from './placeholder.js';

/** What a place is made with, beside its options. */
export interface InjectContext {
  readonly mode: Mode;
  readonly placeholders: Placeholders;
  /** Of signers; the system's where left out. */
  readonly clock?: Clock;
}
