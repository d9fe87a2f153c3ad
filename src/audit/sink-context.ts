import type { Clock } from '../core/clock.js';

/** What a sink is made with, besides its own options. */
export interface SinkContext {
  /** 1 to 128 letters, digits, dots, underscores, hyphens; no two processes that write at once may share one. */
  readonly instance: string;
  readonly clock: Clock;
}
