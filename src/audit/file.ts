import fs from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { defineKind } from '../core/kind.js';
import { Refusal } from '../core/refusal.js';
import { headerRecord } from './chain.js';
import { ChainWriter } from './chain-writer.js';
import type { CheckpointReason, Signer } from './checkpoint.js';
import { checkpointOptions } from './checkpoint-options.js';
import type { Sink, Written } from './index.js';
import { instanceName, keyInHeader, logFileName, logFilesIn } from './log-files.js';
import { openSigner, type KeptSigner } from './signing-key.js';
import type { SinkContext } from './sink-context.js';
import { readTail } from './tail-of-file.js';

export const fileSink = defineKind({
  kind: 'file',
  summary: 'One chained file of JSON lines for each instance and day: `<instance>-<YYYY-MM-DD>.jsonl`, mode 0600.',
  options: {
    dir: z.string().min(1).meta({ title: 'path' }).describe('The folder of the files, made with mode 0700.'),
    key_file: z
      .string()
      .min(1)
      .meta({ title: 'path' })
      .optional()
      .describe('The Ed25519 key that signs checkpoints, made once with mode 0600; else `checkpoint.key` in `dir`.'),
    ...checkpointOptions,
  },
  make: (options, context: SinkContext): Sink => {
    const { dir, key_file, checkpoint_records, checkpoint_interval } = options;
    if (!instanceName.test(context.instance)) {
      throw new TypeError('an instance name is 1 to 128 letters, digits, dots, underscores and hyphens');
    }
    const keyFile = key_file ?? join(dir, 'checkpoint.key');
    return new FileSink({ dir, keyFile, records: checkpoint_records, interval: checkpoint_interval }, context);
  },
});

interface FileOptions {
  readonly dir: string;
  readonly keyFile: string;
  readonly records: number;
  /** Milliseconds. */
  readonly interval: number;
}

interface Opened {
  readonly descriptor: number;
  /** UTC day, as days since the epoch. */
  readonly day: number;
  readonly chain: ChainWriter;
  /** Bytes the file has if nobody but us writes to it. */
  size: number;
}

const millisecondsOfDay = 86_400_000;
const writableByAll = 0o002;

/**
 * A written line is with the operating system: it outlives a kill of this process (not a loss of power).
 * After any failure the file is closed, and the next write starts again from what the file then holds.
 */
class FileSink implements Sink {
  readonly #options: FileOptions;
  readonly #context: SinkContext;
  #signer: KeptSigner | undefined;
  #opened: Opened | undefined;
  /** The last line we know of, whatever file it is in: what the next header names. */
  #lastHead: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: FileOptions, context: SinkContext) {
    this.#options = options;
    this.#context = context;
  }

  write(records: readonly string[]): Written {
    if (this.#closed) throw unavailable('the audit file is closed');
    let written: Written;
    try {
      written = this.#append(this.#file(), records);
    } catch (error) {
      this.#drop();
      throw error;
    }
    if (written.failure !== undefined) this.#drop();
    else if (this.#opened?.chain.unsigned === true)
      this.#timer ??= setTimeout(() => this.#sign('interval'), this.#options.interval).unref();
    return written;
  }

  close(): void {
    this.#sign('stop');
    this.#closed = true;
    this.#drop();
  }

  #file(): Opened {
    const today = Math.floor(this.#context.clock.now() / millisecondsOfDay);
    // A clock set back does not reopen yesterday's file.
    if (this.#opened !== undefined && today <= this.#opened.day) return this.#opened;
    this.#sign('rotation');
    this.#drop();
    return (this.#opened = this.#open(today));
  }

  /** A checkpoint proves what is there; where it cannot be written, the next record cannot either, and refuses. */
  #sign(reason: CheckpointReason): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // A day ends with a checkpoint even where nothing is left to sign: so that one that was cut off shows.
    if (this.#opened === undefined || (reason === 'interval' && !this.#opened.chain.unsigned)) return;
    try {
      if (this.#append(this.#opened, [], reason).failure !== undefined) this.#drop();
    } catch {
      this.#drop();
    }
  }

  #append(opened: Opened, records: readonly string[], sign?: CheckpointReason): Written {
    const { chain, descriptor } = opened;
    const composed = chain.compose(records, sign);
    const { text } = composed;
    const { nlink, size } = fs.fstatSync(descriptor);
    if (nlink === 0) throw unavailable('the audit file was removed');
    if (size !== opened.size)
      throw unavailable('the audit file was changed by another process: each needs its own instance');
    const bytes = fs.writeSync(descriptor, text, null, 'latin1');
    opened.size += bytes;
    const count = chain.commit(composed, bytes);
    this.#lastHead = chain.head.last;
    if (bytes === text.length) return { count };
    return { count, failure: unavailable('the audit record was written in part: the disk may be full') };
  }

  #open(day: number): Opened {
    const { dir } = this.#options;
    fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
    // Whoever can write there could lay the file of a day to come in our way, or the key. Windows keeps no such mode.
    if (process.platform !== 'win32' && (fs.statSync(dir).mode & writableByAll) !== 0)
      throw unavailable('every user can write in the audit folder: `chmod o-w` it');
    this.#signer ??= openSigner(this.#options.keyFile, () => logFilesIn(dir).every(isUnsigned));
    this.#signer.keep();
    const date = new Date(day * millisecondsOfDay).toISOString().slice(0, 10);
    const path = join(dir, logFileName(this.#context.instance, date));
    const { O_APPEND, O_CREAT, O_RDWR } = fs.constants;
    // O_NOFOLLOW: a link laid in our way in a folder of others is not followed. Windows has none.
    const noFollow = (fs.constants.O_NOFOLLOW as number | undefined) ?? 0;
    const descriptor = fs.openSync(path, O_APPEND | O_CREAT | O_RDWR | noFollow, 0o600);
    try {
      return this.#start(descriptor, path, day, date, this.#signer);
    } catch (error) {
      fs.closeSync(descriptor);
      throw error;
    }
  }

  #start(descriptor: number, path: string, day: number, date: string, signer: Signer): Opened {
    const { head, size, before } = readTail(descriptor);
    const about = { instance: this.#context.instance, day: date };
    const time = (): string => new Date(this.#context.clock.now()).toISOString();
    const plan = { signer, records: this.#options.records, time };
    if (head.next > 0) {
      if ((keyInHeader(path) ?? signer.key) !== signer.key)
        throw unavailable('the audit file was begun with another key than this one');
      return { descriptor, day, chain: new ChainWriter(about, plan, head, before), size };
    }
    // All there can be is a header cut short, before anything was acknowledged.
    fs.ftruncateSync(descriptor, 0);
    const opened = { descriptor, day, chain: new ChainWriter(about, plan, head), size: 0 };
    const header = headerRecord(about, this.#lastHead ?? this.#headBefore(date), signer.key);
    const { failure } = this.#append(opened, [header]);
    if (failure !== undefined) throw unavailable('the header of the audit file cannot be written');
    return opened;
  }

  /** The head of this instance's latest file before a day. */
  #headBefore(date: string): string | undefined {
    const { instance } = this.#context;
    const latest = logFilesIn(this.#options.dir).findLast((file) => file.instance === instance && file.day < date);
    if (latest === undefined) return undefined;
    const descriptor = fs.openSync(latest.path, 'r');
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

function isUnsigned({ path }: { readonly path: string }): boolean {
  return keyInHeader(path) === undefined;
}

function unavailable(reason: string): Refusal {
  return new Refusal('audit_unavailable', { cause: reason });
}
