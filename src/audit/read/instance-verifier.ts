import { isGenuine } from '../checkpoint.js';
import type { Head, Link } from '../chain.js';
import { ChainFollower } from './chain-follower.js';
import type { Finding } from './finding.js';
import type { Line } from './lines.js';
import { UseLedger } from './use-ledger.js';

/** The process that a `start` record tells of. */
export interface ProcessName {
  readonly pid: number;
  readonly host: string;
}

export interface VerifyContext {
  readonly tell: (finding: Finding) => void;
  /** Whether a process without a `stop` is still there. */
  readonly isRunning: (process: ProcessName) => boolean;
  /** The keys that may sign; undefined where only the headers are known. */
  readonly keys: ReadonlySet<string> | undefined;
  /** Whether to tell of lines that no checkpoint covers. */
  readonly tellUnsigned?: boolean;
}

/** A chain that has ended: what the next one of its instance has to continue. */
interface Before {
  readonly file: string;
  readonly head: Head;
  /** It ends as a day ends in order, so nothing is cut off. */
  readonly closed: boolean;
}

/** Verifies the chains of one instance, in the order of their days. */
export class InstanceVerifier {
  readonly #context: VerifyContext;
  readonly #shared: boolean;
  readonly #ledger = new UseLedger();
  #file = '';
  #follower: ChainFollower | undefined;
  #before: Before | undefined;
  #key: string | undefined;
  #day: unknown;
  #instance: unknown;
  #closed = false;
  /** The last line of a record, and the last one that a checkpoint covers. */
  #lastLine = 0;
  #signedLine = 0;
  #process: ProcessName | undefined;
  #stopped = false;
  /** An end without its use is nothing to wonder at: the file with the use may be one of those that are not here. */
  #lacksEarlier = false;

  constructor(context: VerifyContext, shared: boolean) {
    this.#context = context;
    this.#shared = shared;
  }

  get head(): Head | undefined {
    return this.#follower?.head;
  }

  /** A chain begins. */
  begin(file: string): void {
    this.endChain();
    this.#file = file;
    this.#closed = false;
    this.#key = undefined;
    this.#day = undefined;
    this.#lastLine = 0;
    this.#signedLine = 0;
    this.#follower = new ChainFollower((flaw) => this.#context.tell({ file, ...flaw }), this.#shared);
  }

  push(line: Line, number: number): void {
    const link = this.#follower?.push(line, number);
    if (link !== undefined) this.#read(link, number);
  }

  /** The chain is over: the next one, if there is one, is to continue it. */
  endChain(): void {
    if (this.#follower === undefined) return;
    this.#follower.end();
    this.#tellUnsigned();
    this.#before = { file: this.#file, head: this.#follower.head, closed: this.#closed };
    this.#follower = undefined;
  }

  /** There is no more of this instance. */
  end(): void {
    this.endChain();
    const running = !this.#stopped && this.#process !== undefined && this.#context.isRunning(this.#process);
    this.#tellOpen(running);
  }

  #read(link: Link, number: number): void {
    const { record } = link;
    const { kind } = record;
    this.#lastLine = number;
    if (number === 1 || (this.#shared && kind === 'header')) this.#readHeader(link, number);
    else if (kind === 'checkpoint') this.#readCheckpoint(link, number);
    this.#closed = kind === 'checkpoint' && record['reason'] === 'rotation';
    if (kind === 'start') this.#readStart(record);
    if (kind === 'stop') this.#stopped = true;
    const { id, time } = record;
    if (typeof id !== 'string') return;
    const wrong = this.#ledger.push(kind, { id, file: this.#file, line: number, time: String(time) });
    if (wrong === undefined || (wrong.kind === 'unmatched' && this.#lacksEarlier)) return;
    this.#context.tell({ file: this.#file, line: number, ...wrong });
  }

  #readHeader({ seq, record }: Link, line: number): void {
    if (seq === 0 && record['kind'] !== 'header')
      this.#context.tell({ kind: 'headless', file: this.#file, line, what: 'the first record is no header' });
    if (record['kind'] !== 'header') return;
    this.#instance = record['instance'];
    this.#day = record['day'];
    if (typeof record['key'] === 'string') this.#checkKey((this.#key = record['key']), line);
    this.#checkPrevious(record['previous'], line);
  }

  #checkPrevious(previous: unknown, line: number): void {
    const before = this.#before;
    if (before === undefined) {
      if (previous === null) return;
      this.#lacksEarlier = true;
      this.#context.tell({ kind: 'earlier', file: this.#file, line, what: 'the file that it continues is not here' });
    } else if (previous !== before.head.last) {
      this.#lacksEarlier = true;
      this.#context.tell(
        before.closed
          ? { kind: 'missing', file: this.#file, line, what: `a file between ${before.file} and this one is gone` }
          : { kind: 'truncated', file: before.file, what: 'lines are gone from its end, or the file after it is' },
      );
    }
  }

  #readCheckpoint(link: Link, line: number): void {
    const { instance, day, key } = link.record;
    const foreign = instance !== this.#instance || day !== this.#day || (this.#key !== undefined && key !== this.#key);
    const tell = (what: string): void => this.#context.tell({ kind: 'forged', file: this.#file, line, what });
    if (foreign) tell('a checkpoint of another chain or key');
    else if (!isGenuine(link)) tell('a checkpoint that its key did not sign for this place');
    else {
      if (this.#key === undefined) this.#checkKey(String(key), line);
      this.#signedLine = line;
    }
  }

  #checkKey(key: string, line: number): void {
    const { keys } = this.#context;
    if (keys === undefined || keys.has(key)) return;
    this.#context.tell({
      kind: 'forged',
      file: this.#file,
      line,
      what: 'signed with a key that is none of those expected',
    });
  }

  /** A chain alone proves little: whoever can write to the file can link records anew, and leave the checkpoints out. */
  #tellUnsigned(): void {
    const first = this.#signedLine + 1;
    if (this.#context.tellUnsigned !== true || first > this.#lastLine) return;
    const what = `no checkpoint covers lines ${first} to ${this.#lastLine}: no key vouches for them`;
    this.#context.tell({ kind: 'unsigned', file: this.#file, line: first, what });
  }

  #readStart({ pid, host }: Link['record']): void {
    // Another process took the instance over: what the one before had under way is cut off.
    this.#tellOpen(false);
    this.#stopped = false;
    this.#process = typeof pid === 'number' && typeof host === 'string' ? { pid, host } : undefined;
  }

  #tellOpen(running: boolean): void {
    for (const { id, file, line, time } of this.#ledger.drain()) {
      const what = running
        ? `use ${id} of ${time} is under way`
        : `use ${id} of ${time} has no end: its process was cut off`;
      this.#context.tell({ kind: running ? 'open' : 'unfinished', file, line, what });
    }
  }
}
