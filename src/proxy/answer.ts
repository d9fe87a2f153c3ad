import type { HeaderList } from '../core/header-list.js';
import { Refusal } from '../core/refusal.js';
import type { Duplex } from 'node:stream';
import type { Answer, AnswerHead } from '../upstream/answer.js';
import { refusalContent, type TellRefusal } from './refuse.js';
import type { Standing } from './standing.js';

/** What went over the caller's side of an exchange, in bytes of content, and how often a credential was found in it. */
export interface Counted {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly masked: number;
}

/** The caller's side of one exchange, in whatever protocol it speaks: writes the answer as it arrives, and knows when the caller has gone. */
export abstract class CallerAnswer implements Answer {
  gone = false;
  onGone: (() => void) | undefined;
  onRevoked: (() => void) | undefined;
  masked = 0;
  /** How a refusal is told: in the grammar of whoever asks, where that is known. */
  tell: TellRefusal = refusalContent;
  /** Something of the answer has been written. */
  begun = false;
  /** All of it has. */
  finished = false;
  protected bytesOut = 0;
  protected bytesIn = 0;
  #aborter: AbortController | undefined;

  /** What carries the exchange: closed where what was upgraded on it may go on no longer. */
  abstract readonly connection: Standing['connection'];
  /** A caller that asked whether to send its body is told to (RFC 9110 section 10.1.1). */
  abstract invite(): void;
  abstract informational(head: AnswerHead): void;
  abstract head(head: AnswerHead): void;
  abstract data(chunk: Buffer): boolean;
  abstract onceWritable(resume: () => void): void;
  abstract flush(): void;
  abstract end(trailers: HeaderList): void;
  abstract switched(head: AnswerHead, protocol: string): Duplex;
  /** Tells the caller that the request is refused; an answer that has begun is left as it is, and cut by who serves it. */
  abstract refuse(refusal: Refusal, id: string): void;

  /** Aborts when the caller has gone. Made when first asked for: most requests wait for nothing that could be aborted. */
  get signal(): AbortSignal {
    this.#aborter ??= new AbortController();
    if (this.gone) this.#aborter.abort(new Refusal('caller_gone'));
    return this.#aborter.signal;
  }

  /** No other request follows on the connection; where requests do not follow one another on one, there is nothing to do. */
  closeAfter(): void {
    return undefined;
  }

  /** What was upgraded may go on no longer. */
  revoke(): void {
    if (this.onRevoked === undefined) this.connection.destroy();
    else this.onRevoked();
  }

  get counted(): Counted {
    return { bytesIn: this.bytesIn, bytesOut: this.bytesOut, masked: this.masked };
  }

  countIn(bytes: number): void {
    this.bytesIn += bytes;
  }

  /** The caller has gone. */
  leave(): void {
    if (this.gone) return;
    this.gone = true;
    this.#aborter?.abort(new Refusal('caller_gone'));
    this.onGone?.();
  }

  /** Why the exchange failed: whatever follows from the caller's going away is that. */
  failure(error: unknown): unknown {
    return this.gone ? new Refusal('caller_gone', { cause: error }) : error;
  }
}
