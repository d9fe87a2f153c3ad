import { withoutBytes, type AnswerBody, type Outcome } from './answer-body.js';
import { BodyScrubber, type Edges } from './body.js';
import type { Needles } from './forms.js';

/** A body in no content coding: masked in place as it streams, so its head never waits and its length stays true. */
export class IdentityBody implements AnswerBody {
  readonly #scrubber: BodyScrubber;

  constructor(needles: Needles, contentType: string | undefined, edges: Edges) {
    this.#scrubber = new BodyScrubber(needles, contentType, edges);
  }

  get masked(): number {
    return this.#scrubber.masked;
  }

  push(chunk: Buffer): Outcome {
    return { bytes: this.#scrubber.push(chunk), head: 'as-is' };
  }

  end(): Outcome {
    return { bytes: this.#scrubber.end(), head: 'as-is' };
  }

  release(): Outcome {
    return withoutBytes('as-is');
  }

  /** There is nothing to free. */
  close(): void {
    return undefined;
  }
}
