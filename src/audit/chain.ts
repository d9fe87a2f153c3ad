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

/** The record that opens a file. `previous` is the head of the file of the day before, if there was one. */
export function headerRecord(instance: string, day: string, previous: string | undefined): string {
  return asciiJson({ kind: 'header', version: 1, instance, day, previous: previous ?? null });
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

export interface Flaw {
  /** Line of the file, from 1. */
  readonly line: number;
  /**
   * `broken`: this line does not follow from the one before, so one of them was altered, or lines were removed, added or
   * reordered between them. `torn`: an interrupted write; the chain goes on over it. `headless`: no header at the start.
   */
  readonly flaw: 'broken' | 'torn' | 'headless';
}

export interface Verdict {
  readonly records: number;
  readonly head: Head;
  readonly flaws: readonly Flaw[];
}

/** Follows the chain of one file from its text, read as Latin-1. A torn line alone is no sign of tampering. */
export function verifyChain(text: string): Verdict {
  const lines = text.split('\n');
  const tail = lines.pop();
  if (tail !== undefined && tail !== '') lines.push(tail);
  const flaws: Flaw[] = [];
  let head = emptyHead;
  let records = 0;
  for (const [index, line] of lines.entries()) {
    const found = parseLink(line);
    if (found === undefined) flaws.push({ line: index + 1, flaw: 'torn' });
    else if (found.seq !== head.next || found.prev !== head.last) flaws.push({ line: index + 1, flaw: 'broken' });
    else if (records === 0 && found.kind !== 'header') flaws.push({ line: index + 1, flaw: 'headless' });
    if (found !== undefined) records += 1;
    head = { next: (found?.seq ?? head.next) + 1, last: latin1Hash(line) };
  }
  return { records, head, flaws };
}

function latin1Hash(line: string): string {
  return hash('sha256', Buffer.from(line, 'latin1'));
}

function parseLink(line: string): { seq: number; prev: string; kind: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || !('seq' in value) || !('prev' in value)) return undefined;
    const { seq, prev } = value;
    if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || typeof prev !== 'string') return undefined;
    return { seq, prev, kind: 'kind' in value ? value.kind : undefined };
  } catch {
    // Not JSON: a torn line, which is an answer here.
    return undefined;
  }
}
