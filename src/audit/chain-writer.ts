import { lineHash, link, type ChainAbout, type Head } from './chain.js';
import { checkpointRecord, type CheckpointReason, type Signer } from './checkpoint.js';

export interface CheckpointPlan {
  readonly signer: Signer;
  /** A checkpoint after so many records. */
  readonly records: number;
  /** RFC 3339, for the checkpoint. */
  readonly time: () => string;
}

/** Lines that continue a chain, ready to be written in one call. ASCII: as many bytes as characters. */
export interface Composed {
  readonly text: string;
  /** Where the first line begins. */
  readonly start: number;
  readonly lines: readonly { readonly end: number; readonly head: Head; readonly isRecord: boolean }[];
}

/** Where one chain stands, and what comes next in it. It moves on only by what was really written. */
export class ChainWriter {
  readonly about: ChainAbout;
  readonly #plan: CheckpointPlan | undefined;
  #head: Head;
  /** The end of a line that an interrupted write left without. */
  #before: '' | '\n';
  #unsigned = 0;

  constructor(about: ChainAbout, plan: CheckpointPlan | undefined, head: Head, before: '' | '\n' = '') {
    this.about = about;
    this.#plan = plan;
    this.#head = head;
    this.#before = before;
  }

  get head(): Head {
    return this.#head;
  }

  /** Whether there are lines that no checkpoint covers yet, and a key to make one with. */
  get unsigned(): boolean {
    return this.#plan !== undefined && this.#unsigned > 0;
  }

  /** `sign` adds a checkpoint at the end. */
  compose(records: readonly string[], sign?: CheckpointReason): Composed {
    let text = this.#before;
    let head = this.#head;
    let unsigned = this.#unsigned;
    const lines: Composed['lines'][number][] = [];
    const add = (record: string, isRecord: boolean): void => {
      const next = link(head, record);
      text += next.line;
      head = next.head;
      lines.push({ end: text.length, head, isRecord });
    };
    for (const record of records) {
      add(record, true);
      unsigned += 1;
      if (this.#plan === undefined || unsigned < this.#plan.records) continue;
      add(this.#checkpoint(this.#plan, head, 'records'), false);
      unsigned = 0;
    }
    if (sign !== undefined && this.#plan !== undefined) add(this.#checkpoint(this.#plan, head, sign), false);
    return { text, start: this.#before.length, lines };
  }

  /** `bytes` of what was composed were written. Returns how many of its records are in the file as a whole. */
  commit({ text, start, lines }: Composed, bytes: number): number {
    if (bytes > 0) this.#before = '';
    let records = 0;
    let end = start;
    for (const line of lines) {
      // A line that lacks its end only is there: it must not be written again.
      if (line.end - 1 > bytes) break;
      end = Math.min(line.end, bytes);
      if (end < line.end) this.#before = '\n';
      this.#head = line.head;
      this.#unsigned = line.isRecord ? this.#unsigned + 1 : 0;
      if (line.isRecord) records += 1;
    }
    // What was torn stays; the chain goes on over it on a line of its own.
    const torn = text.slice(end, bytes);
    if (torn !== '') {
      this.#head = { next: this.#head.next + 1, last: lineHash(torn) };
      this.#before = '\n';
    }
    return records;
  }

  #checkpoint({ signer, time }: CheckpointPlan, head: Head, reason: CheckpointReason): string {
    return checkpointRecord(signer, head, { ...this.about, time: time(), reason });
  }
}
