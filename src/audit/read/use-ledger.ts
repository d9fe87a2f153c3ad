import type { FindingKind } from './finding.js';

/** A request under way, as its `use` told it. */
export interface OpenUse {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly time: string;
}

/** Ids remembered after their end; beyond, a second end is called one without its use. */
const mostEnded = 50_000;

/** Matches each `end` to its `use` over the files of one instance. Memory grows with the requests under way only. */
export class UseLedger {
  readonly #open = new Map<string, OpenUse>();
  /** Two generations: the older is forgotten as a whole. */
  #ended = new Set<string>();
  #endedBefore = new Set<string>();

  /** What is wrong with this record, if anything. */
  push(kind: unknown, use: OpenUse): { readonly kind: FindingKind; readonly what: string } | undefined {
    const { id } = use;
    switch (kind) {
      case 'use':
        if (this.#open.has(id) || this.#hasEnded(id)) return { kind: 'repeated', what: `a second use of ${id}` };
        this.#open.set(id, use);
        return undefined;
      case 'end':
        if (this.#open.delete(id)) this.#remember(id);
        else if (this.#hasEnded(id)) return { kind: 'repeated', what: `a second end of ${id}` };
        else return { kind: 'unmatched', what: `an end without a use of ${id}` };
        return undefined;
      case 'refused':
        // Another sink could not write the use, so it was not sent.
        if (this.#open.delete(id)) this.#remember(id);
        return undefined;
      default:
        return undefined;
    }
  }

  /** The uses that have no end, which begin anew: their process is gone, or this is the end of the log. */
  drain(): readonly OpenUse[] {
    const open = [...this.#open.values()];
    this.#open.clear();
    return open;
  }

  #hasEnded(id: string): boolean {
    return this.#ended.has(id) || this.#endedBefore.has(id);
  }

  #remember(id: string): void {
    if (this.#ended.size >= mostEnded) {
      this.#endedBefore = this.#ended;
      this.#ended = new Set();
    }
    this.#ended.add(id);
  }
}
