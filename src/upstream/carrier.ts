import type { AnswerSink, Flow, Message } from './exchange.js';

/** A connection to a destination, in whatever version of HTTP, of which its holder has the right to begin one exchange. */
export interface Carrier {
  /** Whether an exchange has ended well on it: only then can it have been closed in passing. */
  readonly used: boolean;
  /** It can take no request any more. */
  readonly closed: boolean;
  /** Begins the exchange; it is answered to `sink` alone. Returns what holds it back and gives it up. */
  send(message: Message, sink: AnswerSink): Flow;
  /** Gives the right back without having sent anything. */
  release(): void;
}

/**
 * What an exchange is carried in: `h2` and `http/1.1` where the destination has it, else in the other; `http/1.1 only` for what has no
 * other form.
 */
export type Wanted = 'h2' | 'http/1.1' | 'http/1.1 only';
