import fs from 'node:fs';
import { z } from 'zod';
import { errorCode } from '../core/error-code.js';
import { defineKind } from '../core/kind.js';
import { Refusal } from '../core/refusal.js';
import { emptyHead, headerRecord } from './chain.js';
import { ChainWriter, type CheckpointPlan } from './chain-writer.js';
import type { CheckpointReason } from './checkpoint.js';
import { checkpointOptions } from './checkpoint-options.js';
import type { Sink, Written } from './index.js';
import { openSigner } from './signing-key.js';
import type { SinkContext } from './sink-context.js';

export const stdoutSink = defineKind({
  kind: 'stdout',
  summary: 'JSON lines on standard output, chained as in a file. Not for `run`, whose standard output is its child’s.',
  options: {
    key_file: z
      .string()
      .min(1)
      .meta({ title: 'path' })
      .optional()
      .describe('The Ed25519 key that signs checkpoints (PKCS #8 in PEM, mode 0600); without one there are none.'),
    ...checkpointOptions,
  },
  make: ({ key_file, checkpoint_records, checkpoint_interval }, context: SinkContext): Sink => {
    const options = { records: checkpoint_records, interval: checkpoint_interval };
    return new StreamSink(1, key_file === undefined ? options : { ...options, keyFile: key_file }, context);
  },
});

export interface StreamOptions {
  readonly keyFile?: string;
  readonly records: number;
  /** Milliseconds. */
  readonly interval: number;
}

const millisecondsOfDay = 86_400_000;
/** How long a full pipe may hold the process up, milliseconds. A reader that is merely slow takes less. */
const patience = 500;
const pause = 2;

/** Lines on a descriptor that others read: a pipe, a terminal, a redirected file. Exported for its test. */
export class StreamSink implements Sink {
  readonly #descriptor: number;
  readonly #interval: number;
  readonly #context: SinkContext;
  readonly #plan: CheckpointPlan | undefined;
  #chain: ChainWriter | undefined;
  /** UTC day of the chain, as days since the epoch. */
  #day = 0;
  /** What a header that was cut short left. */
  #before: '' | '\n' = '';
  #timer: NodeJS.Timeout | undefined;
  /** The reader did not read for as long as we have patience: we do not wait again until it does. */
  #stuck = false;
  #closed = false;

  constructor(descriptor: number, { keyFile, records, interval }: StreamOptions, context: SinkContext) {
    this.#descriptor = descriptor;
    this.#interval = interval;
    this.#context = context;
    const time = (): string => new Date(context.clock.now()).toISOString();
    // There is no telling what a missing key has signed elsewhere: it is never made here.
    this.#plan = keyFile === undefined ? undefined : { signer: openSigner(keyFile, () => false), records, time };
  }

  write(records: readonly string[]): Written {
    if (this.#closed) throw unavailable('the audit stream is closed');
    const chain = this.#today();
    const written = this.#append(chain, records);
    if (chain.unsigned) this.#timer ??= setTimeout(() => this.#sign('interval'), this.#interval).unref();
    return written;
  }

  close(): void {
    this.#sign('stop');
    this.#closed = true;
  }

  #today(): ChainWriter {
    const today = Math.floor(this.#context.clock.now() / millisecondsOfDay);
    // A clock set back does not begin yesterday's chain again.
    if (this.#chain !== undefined && today <= this.#day) return this.#chain;
    this.#sign('rotation');
    const date = new Date(today * millisecondsOfDay).toISOString().slice(0, 10);
    const about = { instance: this.#context.instance, day: date };
    const chain = new ChainWriter(about, this.#plan, emptyHead, this.#before);
    const header = headerRecord(about, this.#chain?.head.last, this.#plan?.signer.key);
    const { failure } = this.#append(chain, [header]);
    this.#before = failure !== undefined && chain.head !== emptyHead ? '\n' : this.#before;
    if (failure !== undefined) throw unavailable('the audit stream does not take its header');
    this.#before = '';
    this.#day = today;
    return (this.#chain = chain);
  }

  #sign(reason: CheckpointReason): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#chain === undefined || (reason === 'interval' && !this.#chain.unsigned)) return;
    this.#append(this.#chain, [], reason);
  }

  #append(chain: ChainWriter, records: readonly string[], sign?: CheckpointReason): Written {
    const composed = chain.compose(records, sign);
    const { bytes, failure } = this.#put(composed.text);
    const count = chain.commit(composed, bytes);
    return failure === undefined ? { count } : { count, failure };
  }

  /** A pipe is non-blocking once Node has looked at it (EAGAIN), and takes a part of what does not fit. */
  #put(text: string): { bytes: number; failure?: unknown } {
    let waited = this.#stuck ? patience : 0;
    for (let bytes = 0; ;) {
      try {
        if (bytes < text.length) bytes += fs.writeSync(this.#descriptor, text.slice(bytes), null, 'latin1');
        this.#stuck = false;
        if (bytes === text.length) return { bytes };
      } catch (failure) {
        if (errorCode(failure) !== 'EAGAIN') return { bytes, failure };
        this.#stuck = waited >= patience;
        if (this.#stuck) return { bytes, failure: unavailable('nobody reads the audit stream') };
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
        waited += pause;
      }
    }
  }
}

function unavailable(reason: string): Refusal {
  return new Refusal('audit_unavailable', { cause: reason });
}
