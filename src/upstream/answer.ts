import type { Duplex } from 'node:stream';
import type { HeaderList } from '../core/header-list.js';

/** The head of an answer, cleaned and scrubbed: what the caller may see. */
export interface AnswerHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderList;
}

/**
 * Where an answer goes while it arrives. The parts come in order: any number of `informational`, one `head`,
 * any number of `data`, one `end`; or the sending rejects and nothing more comes.
 */
export interface Answer {
  /** Whether the caller has gone already. */
  readonly gone: boolean;
  /** Set by who sends, called when the caller goes away. */
  onGone: (() => void) | undefined;
  /** Set by who sends, called when what was upgraded may go on no longer: both sides are told before they are cut. */
  onRevoked?: (() => void) | undefined;
  /** Occurrences of a credential in it, set by who sends when it has ended, well or not. */
  masked: number;
  informational(head: AnswerHead): void;
  head(head: AnswerHead): void;
  /**
   * The chunk is good until this returns: it is copied. Returns false where the caller reads too slowly: nothing more is read from the
   * destination until `onceWritable` calls back.
   */
  data(chunk: Buffer): boolean;
  onceWritable(resume: () => void): void;
  end(trailers: HeaderList): void;
  /** All that came at once has been handed on. */
  flush(): void;
  /** Instead of `head`: the destination agreed to another protocol (101). Returns the caller's side, which is the sender's from now on. */
  switched(head: AnswerHead, protocol: string): Duplex;
}
