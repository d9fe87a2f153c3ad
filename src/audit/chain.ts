import { hash } from 'node:crypto';
import { asciiJson } from './record.js';

/**
 * The chain of one file. Line n of the file is record n: it carries `seq` n and `prev`, the SHA-256 of the bytes of the
 * line before it without its line end. The first whole line is the header, which names the head of the file before.
 * Whoever changes, removes, adds or reorders a line has to change every line after it, up to the last head known elsewhere.
 */
export interface Head {
  /** How many lines there are: the `seq` of the next one. */
  readonly next: number;
  /** Hex SHA-256 of the last line; of nothing (64 zeros) before the first. */
  readonly last: string;
}

export const emptyHead: Head = { next: 0, last: '0'.repeat(64) };

export function lineHash(line: string): string {
  return hash('sha256', line);
}

/** The line (with its end) that continues a chain by a record, which is a JSON object in ASCII; and the head after it. */
export function link(head: Head, record: string): { readonly line: string; readonly head: Head } {
  const line = `{"seq":${head.next},"prev":"${head.last}",${record.slice(1)}`;
  return { line: `${line}\n`, head: { next: head.next + 1, last: lineHash(line) } };
}

export interface ChainAbout {
  readonly instance: string;
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
}

/** The record that opens a chain. `previous` is the head of the chain of the day before, if there was one; `key` signs its checkpoints. */
export function headerRecord({ instance, day }: ChainAbout, previous: string | undefined, key?: string): string {
  return asciiJson({ kind: 'header', version: 1, instance, day, previous: previous ?? null, key });
}

/**
 * The head of a file from its last lines, as they stand (Latin-1, so that characters are bytes), without a piece at the start.
 * Lines after the last whole record are what an interrupted write left: they count, and the chain goes over them.
 * Undefined where no line is a record of ours.
 */
export function headAfter(lines: readonly string[]): Head | undefined {
  for (let i = lines.length - 1; i >= 0; i -= 1) {
    const seq = parseLink(lines[i] as string)?.seq;
    if (seq !== undefined) return { next: seq + lines.length - i, last: latin1Hash(lines[lines.length - 1] as string) };
  }
  return undefined;
}

/** The hash of a line that was read as Latin-1, where a character is a byte whatever it is. */
export function latin1Hash(line: string): string {
  return hash('sha256', Buffer.from(line, 'latin1'));
}

/** A line's place in its chain, and the whole record. */
export interface Link {
  readonly seq: number;
  readonly prev: string;
  readonly record: Readonly<Record<string, unknown>>;
}

/** Undefined for a line that is no record of a chain. */
export function parseLink(line: string): Link | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || !('seq' in value) || !('prev' in value)) return undefined;
    const { seq, prev } = value;
    if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || typeof prev !== 'string') return undefined;
    return { seq, prev, record: value };
  } catch {
    // Not JSON: a torn line, which is an answer here.
    return undefined;
  }
}
