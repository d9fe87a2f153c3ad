import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import { Refusal } from '../core/refusal.js';
import { MissingError } from '../core/usage-error.js';
import { Channel, type Entry } from './channel.js';
import type { Audit, EndFields, RefusedFields, ReloadFields, SecretFields, Sink, UseFields } from './index.js';
import { Noise } from './noise.js';
import { originMembers, writeRecord, type RecordKind } from './record.js';

export interface AuditOptions {
  /** At least one; each gets every record. They are closed with the log. */
  readonly sinks: readonly Sink[];
  readonly instance: string;
  /** The id of the `keywright run` this log belongs to. */
  readonly run?: string;
  readonly clock: Clock;
  readonly newId?: () => string;
  /** How long an `end` record may wait to be written with others, milliseconds; 0: no longer than any other. */
  readonly endDelay?: number;
  /** What the `start` record tells besides: the version of the program, the revision of the policies, the process. */
  readonly about?: Readonly<Record<string, string | number>>;
}

const noiseInterval = 60_000;

/** Opens the log with a `start` record. Throws `MissingError` where it cannot be written: nothing is started without a log. */
export function createAudit(options: AuditOptions): Audit {
  if (options.sinks.length === 0) throw new TypeError('an audit log needs a sink');
  return new Log(options);
}

/** The records of one turn, and the one promise of all their uses. */
interface Batch {
  readonly entries: Entry[];
  /** Written at the end of this turn. */
  urgent: boolean;
  /** Undefined until a `use` is among them: a promise that nobody waits for must not be rejected. */
  uses: { readonly written: Promise<void>; resolve(): void; reject(reason: Refusal): void } | undefined;
}

class Log implements Audit {
  readonly #channels: readonly Channel[];
  readonly #origin: string;
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #noise = new Noise();
  #noiseTimer: NodeJS.Timeout | undefined;
  #batch: Batch | undefined;
  readonly #endDelay: number;
  #later: NodeJS.Timeout | undefined;
  /** The last moment, and its RFC 3339 form: many records share a millisecond. */
  #moment = { at: Number.NaN, text: '' };
  #closed = false;

  constructor({ sinks, instance, run, clock, newId = randomUUID, endDelay = 0, about = {} }: AuditOptions) {
    this.#channels = sinks.map((sink) => new Channel(sink));
    this.#origin = originMembers(instance, run);
    this.#clock = clock;
    this.#newId = newId;
    this.#endDelay = endDelay;
    const failed = this.#write([{ record: this.#record('start', newId(), about), lasting: false }]);
    if (failed === undefined) return;
    for (const sink of sinks) sink.close();
    throw new MissingError(`the audit log cannot be written: ${reasonOf(failed.failure)}`, { cause: failed.failure });
  }

  use(id: string, fields: UseFields): Promise<void> {
    const batch = this.#add('use', id, fields);
    batch.uses ??= newUses();
    return batch.uses.written;
  }

  end(id: string, fields: EndFields): void {
    this.#add('end', id, fields);
  }

  refused(id: string, fields: RefusedFields): void {
    this.#add('refused', id, fields);
  }

  secret(fields: SecretFields): void {
    this.#add('secret', this.#newId(), fields);
  }

  reloaded(fields: ReloadFields): Promise<void> {
    const batch = this.#add('reload', this.#newId(), fields);
    batch.uses ??= newUses();
    // Where it could not be written it waits, and the next use is refused.
    return batch.uses.written.catch(() => undefined);
  }

  noise(code: string, clientAddress: string): void {
    this.#noise.count(code, clientAddress, this.#clock.elapsed());
    if (this.#closed) return;
    this.#noiseTimer ??= setTimeout(() => this.#reportNoise(), noiseInterval).unref();
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#reportNoise();
    this.#closed = true;
    clearTimeout(this.#later);
    this.#add('stop', this.#newId(), {});
    this.#flush();
    for (const channel of this.#channels) channel.close();
    return Promise.resolve();
  }

  #reportNoise(): void {
    clearTimeout(this.#noiseTimer);
    this.#noiseTimer = undefined;
    if (this.#noise.empty) return;
    this.#add('noise', this.#newId(), this.#noise.report(this.#clock.elapsed()));
    this.#noise.clear();
  }

  /**
   * A record that somebody waits for is written in the check phase that follows the poll phase of this turn: what all sockets that had
   * something to read led to shares one write. One that only tells how something went rides with the next of those, and waits a few
   * milliseconds at most.
   */
  #add(kind: RecordKind, id: string, fields: object): Batch {
    this.#batch ??= { entries: [], uses: undefined, urgent: false };
    this.#batch.entries.push({ record: this.#record(kind, id, fields), lasting: kind !== 'use' });
    if (kind === 'end' && this.#endDelay > 0) this.#later ??= setTimeout(this.#flushLate, this.#endDelay);
    else if (!this.#batch.urgent) {
      this.#batch.urgent = true;
      setImmediate(this.#flush);
    }
    return this.#batch;
  }

  readonly #flushLate = (): void => {
    this.#later = undefined;
    this.#flush();
  };

  readonly #flush = (): void => {
    const batch = this.#batch;
    // `close` has written it before its turn came.
    if (batch === undefined) return;
    this.#batch = undefined;
    const failed = this.#write(batch.entries);
    if (failed === undefined) batch.uses?.resolve();
    else batch.uses?.reject(new Refusal('audit_unavailable', { cause: failed.failure }));
  };

  /** Every sink gets every record, also where another fails; the first failure is told. */
  #write(entries: readonly Entry[]): { readonly failure: unknown } | undefined {
    let failed: { readonly failure: unknown } | undefined;
    for (const channel of this.#channels) {
      const result = channel.write(entries, this.#lostRecord);
      failed ??= result;
    }
    return failed;
  }

  #record(kind: RecordKind, id: string, fields: object): string {
    return writeRecord(this.#time(), id, kind, this.#origin, fields);
  }

  #time(): string {
    const at = this.#clock.now();
    if (at !== this.#moment.at) this.#moment = { at, text: new Date(at).toISOString() };
    return this.#moment.text;
  }

  readonly #lostRecord = (count: number): string => this.#record('lost', this.#newId(), { count });
}

function newUses(): NonNullable<Batch['uses']> {
  let settle: { resolve: () => void; reject: (reason: Refusal) => void } | undefined;
  const written = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  return { written, resolve: () => settle?.resolve(), reject: (reason) => settle?.reject(reason) };
}

/** A system error's code, or the reason a sink of ours gave. */
function reasonOf(error: unknown): string {
  if (error instanceof Refusal && typeof error.cause === 'string') return error.cause;
  return (error as NodeJS.ErrnoException | undefined)?.code ?? 'the sink failed';
}
