import type { Answer, AnswerHead } from './answer.js';
import type { AnswerBody, OpenedBody, Outcome } from './answer-body.js';
import { uncodeHeaders } from './answer-head.js';

/** Hands an answer that is scrubbed on to the caller: its head first, once what comes of the body can no longer change it. */
export class HeldAnswer {
  readonly #answer: Answer;
  readonly #body: AnswerBody;
  readonly #patience: number;
  #head: AnswerHead | undefined;
  #uncoded = false;
  readonly #fail: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;

  /** `fail` is told of what goes wrong between two pushes. */
  constructor(answer: Answer, head: AnswerHead, { body, patience }: OpenedBody, fail: (error: unknown) => void) {
    this.#answer = answer;
    this.#head = head;
    this.#body = body;
    this.#patience = patience;
    this.#fail = fail;
    if (patience === 0) this.#handOn(body.release());
  }

  get masked(): number {
    return this.#body.masked;
  }

  /** Whether the body goes on in no coding though it came in one: its trailers, too, are then of other bytes. */
  get uncoded(): boolean {
    return this.#uncoded;
  }

  /** Takes the next bytes; false where the caller reads too slowly. Throws and rejects as the body does. */
  push(chunk: Buffer): boolean | Promise<boolean> {
    if (this.#head !== undefined) this.#timer ??= setTimeout(() => this.#release(), this.#patience);
    return this.#outcome(this.#body.push(chunk));
  }

  /** The body has ended. All of it is handed on when this has returned or resolved. */
  end(): boolean | Promise<boolean> {
    return this.#outcome(this.#body.end());
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#body.close();
  }

  #release(): void {
    try {
      this.#handOn(this.#body.release());
    } catch (error) {
      this.#fail(error);
    }
  }

  #outcome(outcome: Outcome | Promise<Outcome>): boolean | Promise<boolean> {
    return outcome instanceof Promise ? outcome.then((settled) => this.#handOn(settled)) : this.#handOn(outcome);
  }

  #handOn({ bytes, head }: Outcome): boolean {
    if (head !== 'hold' && this.#head !== undefined) {
      clearTimeout(this.#timer);
      const held = this.#head;
      this.#head = undefined;
      this.#uncoded = head === 'uncoded';
      if (this.#uncoded) uncodeHeaders(held.headers);
      this.#answer.head(held);
    }
    return bytes.length === 0 || this.#answer.data(bytes);
  }
}
