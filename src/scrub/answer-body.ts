/** What an answer's body becomes on its way to the caller. */
export interface AnswerBody {
  /**
   * Takes the next bytes. Nothing more is pushed until a returned promise has settled. Where it is decoded the chunk is kept: nobody may
   * write to it afterwards. In no coding it is good until this returns, and so may be what comes out of it. Throws or rejects with a
   * Refusal: before the head has gone the answer is refused, after it the stream is cut.
   */
  push(chunk: Buffer): Outcome | Promise<Outcome>;
  /** The body has ended. Throws or rejects as `push` does. */
  end(): Outcome | Promise<Outcome>;
  /**
   * The head has been held long enough: it goes on, with what is clean of the body so far. The outcome is 'hold' only while
   * a promise is pending: that one's is not.
   */
  release(): Outcome;
  /** Occurrences so far. */
  readonly masked: number;
  /** Frees decoders; idempotent. */
  close(): void;
}

export interface Outcome {
  readonly bytes: Buffer;
  /**
   * 'hold': the head must not go out yet. 'as-is': it goes with the bytes as they came, masked in place in identity coding.
   * 'uncoded': the body was in a content coding and is no longer. It never changes once it is not 'hold'.
   */
  readonly head: 'hold' | 'as-is' | 'uncoded';
}

const nothing = Buffer.alloc(0);

export function withoutBytes(head: Outcome['head']): Outcome {
  return { bytes: nothing, head };
}
