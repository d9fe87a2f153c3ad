import fs from 'node:fs';
import { Refusal } from '../core/refusal.js';
import { emptyHead, headAfter, type Head } from './chain.js';

export interface Tail {
  /** The empty head for a file without a whole record. */
  readonly head: Head;
  /** Bytes of the file. */
  readonly size: number;
  /** The end that an interrupted write left its line without. */
  readonly before: '' | '\n';
}

/** More than any record of ours: capped values, escaped. */
const tailBytes = 1024 * 1024;
const headerStart = '{"seq":0,"prev":"';

/**
 * Where a file's chain stands, from its last lines; with `ended` without a last line that has no end, as it may still be written.
 * Throws `Refusal('audit_unavailable')` where it holds anything else than ours.
 */
export function readTail(descriptor: number, ended = false): Tail {
  const stat = fs.fstatSync(descriptor);
  if (!stat.isFile()) throw new Refusal('audit_unavailable', { cause: 'the audit file is not a regular file' });
  const length = Math.min(stat.size, tailBytes);
  const tail = Buffer.alloc(length);
  fs.readSync(descriptor, tail, 0, length, stat.size - length);
  const text = tail.toString('latin1');
  const lines = text.split('\n');
  const before = lines.at(-1) === '' ? '' : '\n';
  if (before === '' || ended) lines.pop();
  // The first piece of a long file's tail is half a line, most likely.
  const head = headAfter(length < stat.size ? lines.slice(1) : lines);
  const tornHeader = lines.length <= 1 && text.startsWith(headerStart.slice(0, length));
  if (head === undefined && !tornHeader)
    throw new Refusal('audit_unavailable', { cause: 'the audit file holds something else than audit records' });
  return { head: head ?? emptyHead, size: stat.size, before };
}
