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
  informational(head: AnswerHead): void;
  head(head: AnswerHead): void;
  /** Returns false where the caller reads too slowly: nothing more is read from the destination until `onceWritable` calls back. */
  data(chunk: Buffer): boolean;
  onceWritable(resume: () => void): void;
  end(trailers: HeaderList): void;
  /** Instead of `head`: the destination agreed to another protocol (101). Resolves when both sides have ended. */
  switched(head: AnswerHead, upstream: Duplex): Promise<void>;
}
