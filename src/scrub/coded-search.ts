import { BodyScrubber } from './body.js';
import { brokenCoding } from './broken-coding.js';
import type { Coding } from './codings.js';
import { Decoder } from './decoder.js';
import type { Needles } from './forms.js';
import { edge } from './search.js';

/** Coded bytes that wait for what is decoded to be known clean. It takes an endless run of empty blocks to come there. */
const mostWaiting = 1024 * 1024;

/** Coded bytes, and how far the decoded body had come when they were read back. */
interface Waiting {
  readonly bytes: Buffer;
  /** Position after them in the coded body. */
  readonly end: number;
  /** Bytes decoded by then; undefined until all of them are read back. */
  decoded: number | undefined;
}

/**
 * Searches a coded body beside its way: it is decoded and forgotten, and its own bytes go on once all they decode to is clean.
 * Those whose end decodes to what may begin a form wait until it is known whether it does. What is waited for is a whole symbol
 * of the coding at least; of the symbol that a chunk cuts in two, less than a byte can be guessed.
 */
export class CodedSearch {
  readonly #decoder: Decoder;
  readonly #inner: BodyScrubber;
  /** The coded bytes themselves, too: a form can stand in a gzip comment or a stored block. */
  readonly #outer: BodyScrubber;
  #waiting: Waiting[] = [];
  #coded = 0;
  #decoded = 0;

  constructor(coding: Coding, needles: Needles, contentType: string | undefined) {
    this.#inner = new BodyScrubber(needles, contentType);
    this.#outer = new BodyScrubber(needles, codedType);
    this.#decoder = new Decoder(coding, (piece) => {
      this.#decoded += piece.length;
      this.#inner.push(piece);
    });
  }

  /** Occurrences found. Once there are any, nothing that comes out may go on. */
  get found(): number {
    return Math.max(this.#inner.masked, this.#outer.masked);
  }

  /** What can go on of the coded bytes so far. Rejects with a Refusal. */
  async feed(chunk: Buffer): Promise<Buffer> {
    if (chunk.length === 0) return chunk;
    this.#outer.push(chunk);
    await this.#decoder.feed(chunk);
    this.#wait(chunk);
    return this.#pass();
  }

  /** The body has ended: the rest of it. */
  async finish(): Promise<Buffer> {
    await this.#decoder.finish();
    this.#outer.end();
    this.#inner.end();
    const rest = this.#waiting.map(({ bytes }) => bytes);
    this.#waiting = [];
    return joined(rest);
  }

  close(): void {
    this.#decoder.close();
    this.#waiting = [];
  }

  /** In two where a zstd block ends within: what is whole need not wait for what is not. */
  #wait(chunk: Buffer): void {
    const cut = this.#decoder.readBack - this.#coded;
    const parts = cut > 0 && cut < chunk.length ? [chunk.subarray(0, cut), chunk.subarray(cut)] : [chunk];
    for (const bytes of parts) {
      this.#coded += bytes.length;
      this.#waiting.push({ bytes, end: this.#coded, decoded: undefined });
    }
  }

  #pass(): Buffer {
    const { readBack } = this.#decoder;
    const clean = this.#decoded - this.#inner.held;
    // A few bytes of a form occur by chance in coded bytes all the time: they are waited for from where a range's edge is masked.
    const begun = this.#outer.held >= edge ? this.#coded - this.#outer.held : this.#coded;
    for (const waiting of this.#waiting) if (waiting.end <= readBack) waiting.decoded ??= this.#decoded;
    const first = this.#waiting.findIndex(({ end, decoded }) => (decoded ?? Infinity) > clean || end > begun);
    const passed = this.#waiting.splice(0, first < 0 ? this.#waiting.length : first);
    if (this.#coded - ((this.#waiting[0]?.end ?? this.#coded) - (this.#waiting[0]?.bytes.length ?? 0)) > mostWaiting) {
      throw brokenCoding('waits');
    }
    return joined(passed.map(({ bytes }) => bytes));
  }
}

/** In coded bytes short secrets would be found by chance. */
export const codedType = 'application/octet-stream';

function joined(parts: readonly Buffer[]): Buffer {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts);
}
