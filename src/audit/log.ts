import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import { Refusal } from '../core/refusal.js';
import { MissingError } from '../core/usage-error.js';
import { Channel } from './channel.js';
import type { Audit, EndFields, RefusedFields, ReloadFields, Sink, UseFields } from './index.js';
import { Noise } from './noise.js';
import { recordLine, type RecordKind } from './record.js';

export interface AuditOptions {
  /** At least one; each gets every record. They are closed with the log. */
  readonly sinks: readonly Sink[];
  readonly instance: string;
  /** The id of the `keywright run` this log belongs to. */
  readonly run?: string;
  readonly clock: Clock;
  readonly newId?: () => string;
  /** What the `start` record tells besides: the version of the program, the revision of the policies. */
  readonly about?: Readonly<Record<string, string>>;
}

const noiseInterval = 60_000;

/** Opens the log with a `start` record. Throws `MissingError` where it cannot be written: nothing is started without a log. */
export function createAudit(options: AuditOptions): Audit {
  if (options.sinks.length === 0) throw new TypeError('an audit log needs a sink');
  return new Log(options);
}

class Log implements Audit {
  readonly #channels: readonly Channel[];
  readonly #origin: { readonly instance: string; readonly run?: string };
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #noise = new Noise();
  #noiseTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor({ sinks, instance, run, clock, newId = randomUUID, about = {} }: AuditOptions) {
    this.#channels = sinks.map((sink) => new Channel(sink));
    this.#origin = run === undefined ? { instance } : { instance, run };
    this.#clock = clock;
    this.#newId = newId;
    try {
      this.#write(this.#record('start', newId(), about));
    } catch (error) {
      for (const sink of sinks) sink.close();
      throw new MissingError(`the audit log cannot be written: ${reasonOf(error)}`, { cause: error });
    }
  }

  use(id: string, fields: UseFields): void {
    try {
      this.#write(this.#record('use', id, fields));
    } catch (error) {
      throw new Refusal('audit_unavailable', { cause: error });
    }
  }

  end(id: string, fields: EndFields): void {
    this.#writeOrKeep(this.#record('end', id, fields));
  }

  refused(id: string, fields: RefusedFields): void {
    this.#writeOrKeep(this.#record('refused', id, fields));
  }

  noise(code: string, clientAddress: string): void {
    this.#noise.count(code, clientAddress, this.#clock.elapsed());
    if (this.#closed) return;
    this.#noiseTimer ??= setTimeout(() => this.#reportNoise(), noiseInterval).unref();
  }

  reloaded(fields: ReloadFields): void {
    this.#writeOrKeep(this.#record('reload', this.#newId(), fields));
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#reportNoise();
    this.#closed = true;
    this.#writeOrKeep(this.#record('stop', this.#newId(), {}));
    for (const channel of this.#channels) channel.close();
    return Promise.resolve();
  }

  #reportNoise(): void {
    clearTimeout(this.#noiseTimer);
    this.#noiseTimer = undefined;
    if (this.#noise.empty) return;
    this.#writeOrKeep(this.#record('noise', this.#newId(), this.#noise.report(this.#clock.elapsed())));
    this.#noise.clear();
  }

  #record(kind: RecordKind, id: string, fields: object): string {
    return recordLine({ time: new Date(this.#clock.now()).toISOString(), id, kind, ...this.#origin }, fields);
  }

  #write(record: string): void {
    for (const channel of this.#channels) channel.write(record, this.#lostRecord);
  }

  #writeOrKeep(record: string): void {
    for (const channel of this.#channels) channel.writeOrKeep(record, this.#lostRecord);
  }

  readonly #lostRecord = (count: number): string => this.#record('lost', this.#newId(), { count });
}

/** A system error's code, or the reason a sink of ours gave. */
function reasonOf(error: unknown): string {
  if (error instanceof Refusal && typeof error.cause === 'string') return error.cause;
  return (error as NodeJS.ErrnoException).code ?? 'the sink failed';
}
