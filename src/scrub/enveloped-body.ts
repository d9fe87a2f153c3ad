import { Refusal } from '../core/refusal.js';
import { withoutBytes, type AnswerBody, type Outcome } from './answer-body.js';
import { BodyScrubber } from './body.js';
import type { Needles } from './forms.js';

/**
 * Media types whose body is messages, each behind a byte of flags and four of length: gRPC over HTTP/2, gRPC-Web in its binary form, and
 * the streams of Connect. The flags that each knows, less those of a message that is compressed.
 */
const envelopes: readonly (readonly [type: RegExp, flags: readonly number[]])[] = [
  [/^application\/grpc(?:\+[\w.-]+)?\s*(?:;|$)/i, [0x00]],
  [/^application\/grpc-web(?:\+[\w.-]+)?\s*(?:;|$)/i, [0x00, 0x80]],
  [/^application\/connect\+[\w.-]+\s*(?:;|$)/i, [0x00, 0x02]],
];

/** The flags that may stand before the messages of such a body; undefined where it is none. */
export function envelopeFlags(contentType: string | undefined): readonly number[] | undefined {
  const type = contentType?.trim() ?? '';
  return envelopes.find(([envelope]) => envelope.test(type))?.[1];
}

const prefixLength = 5;

/**
 * A body of messages: each is searched by itself, so that nothing of it waits for the next one, which may only come once this one has
 * been answered. No form goes on across a prefix: its first byte stands in none. So one with any other first byte is refused
 * (`response_coding`), as is a message that is compressed. Who has its own bytes echoed chooses where a message ends: at both of its
 * edges a part of a form counts from 6 bytes on, as in a range.
 */
export class EnvelopedBody implements AnswerBody {
  readonly #open: () => BodyScrubber;
  readonly #flags: readonly number[];
  #scrubber: BodyScrubber;
  #masked = 0;
  readonly #prefix = Buffer.alloc(prefixLength);
  /** Bytes of the prefix that have come, and bytes of the message that have not. */
  #begun = 0;
  #left = 0;

  constructor(needles: Needles, contentType: string | undefined, flags: readonly number[]) {
    this.#open = () => new BodyScrubber(needles, contentType, { start: true, end: true });
    this.#flags = flags;
    this.#scrubber = this.#open();
  }

  get masked(): number {
    return this.#masked + this.#scrubber.masked;
  }

  push(chunk: Buffer): Outcome {
    const passed: Buffer[] = [];
    for (let at = 0; at < chunk.length;)
      at = this.#left === 0 ? this.#readPrefix(chunk, at, passed) : this.#read(chunk, at, passed);
    return { bytes: passed.length === 1 ? (passed[0] as Buffer) : Buffer.concat(passed), head: 'as-is' };
  }

  /** A message that is cut is searched to its end; half a prefix says nothing. */
  end(): Outcome {
    return { bytes: Buffer.concat([this.#scrubber.end(), this.#prefix.subarray(0, this.#begun)]), head: 'as-is' };
  }

  release(): Outcome {
    return withoutBytes('as-is');
  }

  /** There is nothing to free. */
  close(): void {
    return undefined;
  }

  #readPrefix(chunk: Buffer, at: number, passed: Buffer[]): number {
    const end = Math.min(chunk.length, at + prefixLength - this.#begun);
    chunk.copy(this.#prefix, this.#begun, at, end);
    this.#begun += end - at;
    if (!this.#flags.includes(this.#prefix[0] as number)) throw new Refusal('response_coding');
    if (this.#begun === prefixLength) {
      this.#begun = 0;
      this.#left = this.#prefix.readUInt32BE(1);
      passed.push(Buffer.from(this.#prefix));
    }
    return end;
  }

  #read(chunk: Buffer, at: number, passed: Buffer[]): number {
    const end = Math.min(chunk.length, at + this.#left);
    passed.push(this.#scrubber.push(chunk.subarray(at, end)));
    this.#left -= end - at;
    if (this.#left === 0) {
      passed.push(this.#scrubber.end());
      this.#masked += this.#scrubber.masked;
      this.#scrubber = this.#open();
    }
    return end;
  }
}
