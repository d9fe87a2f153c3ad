import { emptyHead, parseLink, type Head, type Link } from '../chain.js';
import type { FindingKind } from './finding.js';
import type { Line } from './lines.js';

export interface Flaw {
  readonly kind: FindingKind;
  readonly line: number;
  readonly what: string;
}

/** Records missing so far, `from` to before `to`; they may turn up at a wrong place. */
interface Gap {
  from: number;
  readonly to: number;
  readonly line: number;
}

const recordStart = '{"seq":';
/** Flaws told of one chain: a file of rubbish has one in every line. */
const mostGaps = 1000;

/**
 * Follows one chain line by line and tells how it was changed. Each line names its place and the hash of the one before: a place
 * that is skipped was removed or comes later (reordered); one that comes twice was inserted; the right place with the wrong hash
 * means that the line before was altered, or its hash here. Memory does not grow with the file.
 */
export class ChainFollower {
  readonly #tell: (flaw: Flaw) => void;
  /** Whether lines of others may stand between: a captured stream. */
  readonly #shared: boolean;
  #head: Head = emptyHead;
  /** The other of two lines that claim one place: what follows may follow from it. */
  #alternate: Head | undefined;
  /** A line in the right place with the wrong hash, and where the chain stood before: the next one tells what it is. */
  #suspect: { readonly seq: number; readonly line: number; readonly before: Head } | undefined;
  #garbage: { readonly line: number; readonly hash: string; readonly isStart: boolean; readonly ended: boolean }[] = [];
  readonly #gaps: Gap[] = [];

  constructor(tell: (flaw: Flaw) => void, shared = false) {
    this.#tell = tell;
    this.#shared = shared;
  }

  get head(): Head {
    return this.#head;
  }

  /** The record, or undefined for a line that is none. */
  push(line: Line, number: number): Link | undefined {
    const link = parseLink(line.text);
    if (link === undefined) this.addGarbage(line, number);
    else this.follow(link, line.hash, number);
    return link;
  }

  addGarbage({ text, hash, ended }: Line, line: number): void {
    const isStart = text.startsWith(recordStart) || recordStart.startsWith(text);
    if (this.#garbage.length < mostGaps) this.#garbage.push({ line, hash, isStart, ended });
  }

  follow({ seq, prev }: Link, hash: string, line: number): void {
    if (this.#suspect !== undefined) this.#settleSuspect(seq, prev);
    if (this.#garbage.length > 0) this.#settleGarbage(seq, prev);
    const { next, last } = this.#head;
    const other = this.#alternate;
    this.#alternate = undefined;
    if (seq < next) {
      this.#comesLate(seq, line);
      this.#alternate = { next: seq + 1, last: hash };
      return;
    }
    const follows = prev === last || (other?.next === seq && other.last === prev);
    if (seq > next) this.#gap({ from: next, to: seq, line });
    else if (!follows) this.#suspect = { seq, line, before: this.#head };
    this.#head = { next: seq + 1, last: hash };
  }

  /** To be called at the end: what is missing did not turn up. */
  end(): void {
    this.#settleSuspect(-1, '');
    for (const { from, to, line } of this.#gaps) {
      const count = to - from;
      const what = count === 1 ? `record ${from} is gone` : `records ${from} to ${to - 1} are gone`;
      if (count > 0) this.#tell({ kind: 'removed', line, what });
    }
    for (const { line, isStart, ended } of this.#garbage) {
      if (isStart) this.#tell({ kind: 'torn', line, what: 'an interrupted write' });
      else if (!this.#shared || !ended) this.#tell({ kind: 'inserted', line, what: 'no record' });
    }
  }

  #settleSuspect(seq: number, prev: string): void {
    if (this.#suspect === undefined) return;
    const { line, before, seq: at } = this.#suspect;
    this.#suspect = undefined;
    if (seq === before.next && prev === before.last) {
      this.#tell({ kind: 'inserted', line, what: `a record ${at} that the chain passes by` });
      this.#head = before;
    } else this.#tell({ kind: 'altered', line: Math.max(1, line - 1), what: alteredWhat(at) });
  }

  #settleGarbage(seq: number, prev: string): void {
    const garbage = this.#garbage;
    this.#garbage = [];
    const { next, last } = this.#head;
    const after = next + garbage.length;
    if (seq === next && prev === last) {
      if (this.#shared) return;
      for (const { line } of garbage)
        this.#tell({ kind: 'inserted', line, what: 'no record, and the chain passes it by' });
      return;
    }
    const held = seq === after && prev === garbage.at(-1)?.hash;
    for (const { line, isStart } of garbage) {
      if (!held) this.#tell({ kind: 'altered', line, what: 'no record any more' });
      else if (isStart) this.#tell({ kind: 'torn', line, what: 'an interrupted write, over which the chain goes on' });
      else
        this.#tell({
          kind: 'inserted',
          line,
          what: 'no record: another program wrote it, and the chain went on over it',
        });
    }
    this.#head = { next: after, last: seq === after ? prev : (garbage.at(-1)?.hash ?? last) };
  }

  #comesLate(seq: number, line: number): void {
    const gap = this.#gaps.find(({ from, to }) => seq >= from && seq < to);
    if (gap === undefined) {
      this.#tell({ kind: 'inserted', line, what: `a second record ${seq}: one of the two was inserted` });
      return;
    }
    this.#tell({ kind: 'reordered', line, what: `record ${seq} stands at another place` });
    if (seq > gap.from) this.#gap({ ...gap, to: seq });
    gap.from = seq + 1;
  }

  #gap(gap: Gap): void {
    if (this.#gaps.length < mostGaps) this.#gaps.push(gap);
  }
}

function alteredWhat(seq: number): string {
  return seq === 0
    ? 'its link is not the one of a first line'
    : `record ${seq - 1}, or its hash in record ${seq}, was altered`;
}
