import { ampersand, backslash, percent } from './escapes.js';
import type { EscapeTable } from './escape-table.js';

/** With more finds than one in so many bytes, a native search for each costs more than looking at the bytes. */
const dense = 256;
const patience = 8;

/** Where escapes that matter may begin, in order. */
export class EscapeFinder {
  readonly #bytes: Buffer;
  readonly #table: EscapeTable;
  readonly #next = [-1, -1, -1];
  #finds = 0;
  #last = -1;

  constructor(bytes: Buffer, table: EscapeTable) {
    this.#bytes = bytes;
    this.#table = table;
  }

  /** The first such position at `from` or after it; the number of bytes where there is none. `from` never goes back. */
  next(from: number): number {
    let at = from;
    while (this.#finds <= patience || this.#finds * dense <= at) {
      at = this.#leap(at);
      if (at >= this.#bytes.length || this.#table.mayBegin(this.#bytes, at)) return at;
      at += 1;
    }
    this.#finds += 1;
    this.#last = this.#walk(at);
    return this.#last;
  }

  /** Native searches for each of the bytes that begin an escape: next to nothing where there are few. */
  #leap(from: number): number {
    this.#finds += 1;
    const next = this.#next;
    for (let i = 0; i < leads.length; i += 1) {
      if ((next[i] as number) >= from) continue;
      const found = this.#bytes.indexOf(leads[i] as number, from);
      next[i] = found < 0 ? this.#bytes.length : found;
    }
    return Math.min(next[0] as number, next[1] as number, next[2] as number);
  }

  /**
   * Looks for a run of bytes that are all of the alphabet in which forms are spelled, as long as the shortest form, and in
   * it for an escape. From the end of where the run would be, as Boyer and Moore do: binary bytes and words are leapt over.
   */
  #walk(from: number): number {
    const bytes = this.#bytes;
    const { shortest, alphabet } = this.#table;
    const { length } = bytes;
    if (from === this.#last + 1) {
      const at = this.#walkRun(from);
      if (at === length || alphabet[bytes[at] as number] === 1) return at;
    }
    let start = Math.max(0, from - shortest + 1);
    while (start + shortest <= length) {
      let i = start + shortest - 1;
      while (i >= start && alphabet[bytes[i] as number] === 1) i -= 1;
      if (i >= start) {
        start = i + 1;
        continue;
      }
      const at = this.#walkRun(Math.max(start, from));
      if (at === length || alphabet[bytes[at] as number] === 1) return at;
      start = at + 1;
    }
    let at = Math.max(start, from);
    while (at < length && !this.#table.mayBegin(bytes, at)) at += 1;
    return at;
  }

  /** The first escape in a run, or where the run ends. */
  #walkRun(from: number): number {
    const bytes = this.#bytes;
    const table = this.#table;
    const { alphabet } = table;
    let at = from;
    while (at < bytes.length && alphabet[bytes[at] as number] === 1 && !table.mayBegin(bytes, at)) at += 1;
    return at;
  }
}

const leads = [percent, ampersand, backslash];
