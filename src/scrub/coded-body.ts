import { Refusal } from '../core/refusal.js';
import { withoutBytes, type AnswerBody, type Outcome } from './answer-body.js';
import { BodyScrubber } from './body.js';
import { codedType, CodedSearch } from './coded-search.js';
import type { Coding } from './codings.js';
import { decodeSoFar, decodeWhole } from './decode-whole.js';
import type { Needles } from './forms.js';
import { Uncoding } from './uncoding.js';

/** The head waits for so many coded bytes: most answers have ended by then, and an echo early in one can still be masked. */
const mostCollected = 64 * 1024;
const nothing = Buffer.alloc(0);

/**
 * A body in a content coding. Its own bytes go on while what they decode to is clean. What is found while the head waits is
 * masked, and the body sent uncoded; what is found later cuts the stream (`answer_cut`).
 *
 * A body that ends within 64 KiB is decoded at once; a longer one, or one that is released earlier, by a decoder off the event loop.
 */
export class CodedBody implements AnswerBody {
  readonly #coding: Coding;
  readonly #needles: Needles;
  readonly #contentType: string | undefined;
  #head: Outcome['head'] = 'hold';
  /** All that came before there was a decoder, and how many bytes of what becomes of it `release` has let go. */
  #collected: Buffer[] = [];
  #collectedBytes = 0;
  #gone = 0;
  #search: CodedSearch | undefined;
  #uncoding: Uncoding | undefined;
  #masked = 0;
  #pending = false;

  constructor(coding: Coding, needles: Needles, contentType: string | undefined) {
    this.#coding = coding;
    this.#needles = needles;
    this.#contentType = contentType;
  }

  get masked(): number {
    return Math.max(this.#masked, this.#search?.found ?? 0, this.#uncoding?.masked ?? 0);
  }

  push(chunk: Buffer): Outcome | Promise<Outcome> {
    if (chunk.length === 0) return withoutBytes(this.#head);
    if (this.#head !== 'hold') return this.#decode(chunk, false);
    this.#collected.push(chunk);
    this.#collectedBytes += chunk.length;
    return this.#collectedBytes <= mostCollected ? withoutBytes('hold') : this.#decode(nothing, false);
  }

  end(): Outcome | Promise<Outcome> {
    if (this.#head !== 'hold') return this.#decode(nothing, true);
    const coded = Buffer.concat(this.#collected);
    const decoded = decodeWhole(this.#coding, coded);
    return decoded === undefined ? this.#decode(nothing, true) : this.#decide(coded, decoded, true);
  }

  release(): Outcome {
    if (this.#pending || this.#head !== 'hold') return withoutBytes(this.#head);
    const soFar = decodeSoFar(this.#coding, Buffer.concat(this.#collected));
    // What cannot be read, or is too much, stays here: the next push tells.
    const outcome = soFar === undefined ? withoutBytes('as-is') : this.#decide(soFar.coded, soFar.decoded, false);
    this.#head = outcome.head;
    this.#gone = outcome.bytes.length;
    return outcome;
  }

  close(): void {
    this.#search?.close();
    this.#uncoding?.close();
    this.#collected = [];
  }

  /** What becomes of a body of which this is all, or all that is known so far. */
  #decide(coded: Buffer, decoded: Buffer, final: boolean): Outcome {
    const inner = new BodyScrubber(this.#needles, this.#contentType);
    const outer = new BodyScrubber(this.#needles, codedType);
    const scrubbed = [inner.push(decoded)];
    outer.push(coded);
    const open = inner.held > 0 || outer.held > 0;
    if (final) {
      scrubbed.push(inner.end());
      outer.end();
    }
    this.#masked = Math.max(inner.masked, outer.masked);
    if (this.#masked > 0) return { bytes: Buffer.concat(scrubbed), head: 'uncoded' };
    return { bytes: open && !final ? nothing : coded, head: 'as-is' };
  }

  async #decode(chunk: Buffer, final: boolean): Promise<Outcome> {
    this.#pending = true;
    try {
      const clean = this.#head === 'uncoded' ? undefined : await this.#searched(chunk, final);
      const bytes = clean ?? (await this.#uncoded(chunk, final));
      this.#head = clean === undefined ? 'uncoded' : 'as-is';
      return { bytes: this.#without(bytes), head: this.#head };
    } finally {
      this.#pending = false;
    }
  }

  /** The coded bytes that are clean; undefined where something was found and the head is still here. */
  async #searched(chunk: Buffer, final: boolean): Promise<Buffer | undefined> {
    const begun = this.#search !== undefined;
    const search = (this.#search ??= new CodedSearch(this.#coding, this.#needles, this.#contentType));
    const bytes = await through(search, begun ? [chunk] : [...this.#collected, chunk], final);
    if (search.found > 0 && this.#head === 'as-is') throw new Refusal('answer_cut');
    if (search.found > 0) return undefined;
    this.#collected = [];
    return bytes;
  }

  async #uncoded(chunk: Buffer, final: boolean): Promise<Buffer> {
    const begun = this.#uncoding !== undefined;
    const uncoding = (this.#uncoding ??= new Uncoding(this.#coding, this.#needles, this.#contentType));
    const bytes = await through(uncoding, begun ? [chunk] : [...this.#collected, chunk], final);
    this.#collected = [];
    this.#search?.close();
    return bytes;
  }

  /** Leaves out what has gone on already. */
  #without(bytes: Buffer): Buffer {
    const gone = Math.min(this.#gone, bytes.length);
    this.#gone -= gone;
    return gone === 0 ? bytes : bytes.subarray(gone);
  }
}

async function through(way: CodedSearch | Uncoding, chunks: readonly Buffer[], final: boolean): Promise<Buffer> {
  const out: Buffer[] = [];
  for (const chunk of chunks) if (chunk.length > 0) out.push(await way.feed(chunk));
  if (final) out.push(await way.finish());
  const [only = nothing] = out;
  return out.length > 1 ? Buffer.concat(out) : only;
}
