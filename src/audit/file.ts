import fs from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { defineKind } from '../core/kind.js';
import { Refusal } from '../core/refusal.js';
import { emptyHead, headAfter, headerRecord, link, type Head } from './chain.js';
import type { Sink } from './index.js';
import type { SinkContext } from './sink-context.js';

export const fileSink = defineKind({
  kind: 'file',
  summary: 'One chained file of JSON lines for each instance and day: `<instance>-<YYYY-MM-DD>.jsonl`, mode 0600.',
  options: {
    dir: z.string().min(1).meta({ title: 'path' }).describe('The folder of the files, made with mode 0700.'),
  },
  make: ({ dir }, context: SinkContext): Sink => new FileSink(dir, context),
});

interface Opened {
  readonly descriptor: number;
  /** UTC day, as days since the epoch. */
  readonly day: number;
  head: Head;
  /** Bytes the file has if nobody but us writes to it. */
  size: number;
  /** What has to come before the next line: the end of a line that an interrupted write left without. */
  before: '' | '\n';
}

const millisecondsOfDay = 86_400_000;
/** More than any record of ours: capped values, escaped. */
const tailBytes = 1024 * 1024;

/**
 * A written line is with the operating system: it outlives a kill of this process (not a loss of power).
 * After any failure the file is closed, and the next write starts again from what the file then holds.
 */
class FileSink implements Sink {
  readonly #dir: string;
  readonly #context: SinkContext;
  #opened: Opened | undefined;
  /** The last line we know of, whatever file it is in: what the next header names. */
  #lastHead: string | undefined;
  #closed = false;

  constructor(dir: string, context: SinkContext) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(context.instance)) {
      throw new TypeError('an instance name is 1 to 128 letters, digits, dots, underscores and hyphens');
    }
    this.#dir = dir;
    this.#context = context;
  }

  write(record: string): void {
    if (this.#closed) throw unavailable('the audit file is closed');
    try {
      this.#append(this.#file(), record);
    } catch (error) {
      this.#drop();
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  #file(): Opened {
    const today = Math.floor(this.#context.clock.now() / millisecondsOfDay);
    // A clock set back does not reopen yesterday's file.
    if (this.#opened !== undefined && today <= this.#opened.day) return this.#opened;
    this.#drop();
    return (this.#opened = this.#open(today));
  }

  #append(opened: Opened, record: string): void {
    const { line, head } = link(opened.head, record);
    const text = opened.before + line;
    const { nlink, size } = fs.fstatSync(opened.descriptor);
    if (nlink === 0) throw unavailable('the audit file was removed');
    if (size !== opened.size)
      throw unavailable('the audit file was changed by another process: each needs its own instance');
    const written = fs.writeSync(opened.descriptor, text, null, 'latin1');
    if (written !== text.length) throw unavailable('the audit record was written in part: the disk may be full');
    opened.head = head;
    opened.size += written;
    opened.before = '';
    this.#lastHead = head.last;
  }

  #open(day: number): Opened {
    fs.mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    const date = dateOf(day);
    const path = join(this.#dir, `${this.#context.instance}-${date}.jsonl`);
    const { O_APPEND, O_CREAT, O_RDWR } = fs.constants;
    // O_NOFOLLOW: a link laid in our way in a folder of others is not followed. Windows has none.
    const noFollow = (fs.constants.O_NOFOLLOW as number | undefined) ?? 0;
    const descriptor = fs.openSync(path, O_APPEND | O_CREAT | O_RDWR | noFollow, 0o600);
    try {
      const opened: Opened = { descriptor, day, ...readTail(descriptor) };
      if (opened.head.next > 0) return opened;
      // All there can be is a header cut short, before anything was acknowledged.
      fs.ftruncateSync(descriptor, (opened.size = 0));
      opened.before = '';
      this.#append(opened, headerRecord(this.#context.instance, date, this.#lastHead ?? this.#headBefore(date)));
      return opened;
    } catch (error) {
      fs.closeSync(descriptor);
      throw error;
    }
  }

  /** The head of this instance's latest file before a day. */
  #headBefore(date: string): string | undefined {
    const prefix = `${this.#context.instance}-`;
    const dates = fs
      .readdirSync(this.#dir)
      .filter((name) => name.startsWith(prefix) && /^\d{4}-\d\d-\d\d\.jsonl$/.test(name.slice(prefix.length)))
      .map((name) => name.slice(prefix.length, prefix.length + date.length))
      .filter((other) => other < date)
      .sort();
    const latest = dates.at(-1);
    if (latest === undefined) return undefined;
    const descriptor = fs.openSync(join(this.#dir, `${prefix}${latest}.jsonl`), 'r');
    try {
      const { head } = readTail(descriptor);
      return head.next === 0 ? undefined : head.last;
    } finally {
      fs.closeSync(descriptor);
    }
  }

  #drop(): void {
    if (this.#opened === undefined) return;
    const { descriptor } = this.#opened;
    this.#opened = undefined;
    fs.closeSync(descriptor);
  }
}

function dateOf(day: number): string {
  return new Date(day * millisecondsOfDay).toISOString().slice(0, 10);
}

/** Where a file's chain stands; the empty head for a file without a whole record. Throws where it holds anything else than ours. */
function readTail(descriptor: number): Pick<Opened, 'head' | 'size' | 'before'> {
  const stat = fs.fstatSync(descriptor);
  if (!stat.isFile()) throw unavailable('the audit file is not a regular file');
  const length = Math.min(stat.size, tailBytes);
  const tail = Buffer.alloc(length);
  fs.readSync(descriptor, tail, 0, length, stat.size - length);
  const text = tail.toString('latin1');
  const lines = text.split('\n');
  const before = lines.at(-1) === '' ? '' : '\n';
  if (before === '') lines.pop();
  // The first piece of a long file's tail is half a line, most likely.
  const head = headAfter(length < stat.size ? lines.slice(1) : lines);
  const tornHeader = lines.length <= 1 && text.startsWith(headerStart.slice(0, length));
  if (head === undefined && !tornHeader) throw unavailable('the audit file holds something else than audit records');
  return { head: head ?? emptyHead, size: stat.size, before };
}

const headerStart = '{"seq":0,"prev":"';

function unavailable(reason: string): Refusal {
  return new Refusal('audit_unavailable', { cause: reason });
}
