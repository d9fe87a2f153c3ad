import type { Sink } from './index.js';

/** A record on its way to the sinks. */
export interface Entry {
  readonly record: string;
  /** It tells of something that happened: where it cannot be written now, it has to be later. */
  readonly lasting: boolean;
}

/** Records kept for a sink that fails: enough for the requests that were under way when it began to. */
const mostWaiting = 1024;

/**
 * One sink, and what it could not take yet. Records that tell of something that happened wait here, in order,
 * and go before anything new: so while one is missing, nothing new can be used.
 */
export class Channel {
  readonly #sink: Sink;
  #waiting: string[] = [];
  #lost = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /**
   * Writes what waits, then these. Returns undefined, or why not all of them could be written; the lasting ones
   * are then kept for later, and counted beyond the most that are kept. Never throws.
   */
  write(entries: readonly Entry[], lostRecord: (count: number) => string): { readonly failure: unknown } | undefined {
    const kept = this.#waiting.length + (this.#lost > 0 ? 1 : 0);
    const records = entries.map(({ record }) => record);
    const batch =
      kept === 0 ? records : [...this.#waiting, ...(this.#lost > 0 ? [lostRecord(this.#lost)] : []), ...records];
    const { count, failure } = this.#try(batch);
    if (failure === undefined && count === batch.length) {
      if (kept > 0) this.#waiting = [];
      this.#lost = 0;
      return undefined;
    }
    if (count >= kept) this.#lost = 0;
    this.#waiting.splice(0, count);
    for (const { record, lasting } of entries.slice(Math.max(0, count - kept))) if (lasting) this.#keep(record);
    return { failure };
  }

  close(): void {
    this.#sink.close();
  }

  #try(batch: readonly string[]): { readonly count: number; readonly failure?: unknown } {
    try {
      return this.#sink.write(batch);
    } catch (failure) {
      return { count: 0, failure };
    }
  }

  #keep(record: string): void {
    if (this.#waiting.length < mostWaiting) this.#waiting.push(record);
    else this.#lost += 1;
  }
}
