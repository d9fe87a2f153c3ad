import type { Sink } from './index.js';

/** Records kept for a sink that fails: enough for the requests that were under way when it began to. */
const mostWaiting = 1024;

/**
 * One sink, and what it could not take yet. Records that tell of something that happened wait here, in order,
 * and go before anything new: so while one is missing, nothing new can be used.
 */
export class Channel {
  readonly #sink: Sink;
  readonly #waiting: string[] = [];
  #lost = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Writes what waits, then this record. Throws what the sink throws; this record is then not kept. */
  write(record: string, lostRecord: (count: number) => string): void {
    if (this.#waiting.length > 0) this.#writeWaiting(lostRecord);
    this.#sink.write(record);
  }

  /** Writes this record, or keeps it for later; beyond the most that are kept it is counted. Never throws. */
  writeOrKeep(record: string, lostRecord: (count: number) => string): void {
    try {
      this.write(record, lostRecord);
    } catch {
      // The next `use` meets the same sink, and is refused there if it still fails.
      if (this.#waiting.length < mostWaiting) this.#waiting.push(record);
      else this.#lost += 1;
    }
  }

  close(): void {
    this.#sink.close();
  }

  #writeWaiting(lostRecord: (count: number) => string): void {
    let written = 0;
    try {
      for (const record of this.#waiting) {
        this.#sink.write(record);
        written += 1;
      }
      if (this.#lost > 0) this.#sink.write(lostRecord(this.#lost));
      this.#lost = 0;
    } finally {
      this.#waiting.splice(0, written);
    }
  }
}
