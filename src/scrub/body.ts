import { endOfCutForm, undecided } from './edges.js';
import { searchesOf, type Needles } from './forms.js';
import { addRange, maskRanges, mergeRanges, type Ranges } from './ranges.js';
import type { Finder } from './search.js';
import { isTextType } from './text-type.js';

/** The ends of a body that may cut a form, because it is a range of a longer one (RFC 9110 section 14). */
export interface Edges {
  readonly start: boolean;
  readonly end: boolean;
}

const nothing = Buffer.alloc(0);

/**
 * Masks a body in identity coding while it streams, byte for byte: as much comes out as goes in. Bytes are held back
 * only where they may begin a form that goes on in the next chunk, so never more than the longest spelling of one.
 */
export class BodyScrubber {
  readonly #search: Finder | undefined;
  readonly #edges: Edges;
  #held: Buffer = nothing;
  /** So many of the bytes held belong to something already found, and are masked whatever comes. */
  #owed = 0;
  #beginning: boolean;
  #masked = 0;

  constructor(needles: Needles, contentType?: string, edges: Edges = { start: false, end: false }) {
    const { inText, inBinary } = searchesOf(needles);
    this.#search = isTextType(contentType) ? inText : inBinary;
    this.#edges = edges;
    this.#beginning = edges.start;
  }

  /** Occurrences found so far. */
  get masked(): number {
    return this.#masked;
  }

  /** Bytes held back: the last of those pushed. */
  get held(): number {
    return this.#held.length;
  }

  /** What can go on. The chunk itself where it is clean and nothing was held back; it is never written to. */
  push(chunk: Buffer): Buffer {
    return this.#take(chunk, false);
  }

  /** What was held back. Nothing may be pushed after it. */
  end(): Buffer {
    return this.#take(nothing, true);
  }

  #take(chunk: Buffer, final: boolean): Buffer {
    if (this.#search === undefined) return chunk;
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    if (bytes.length === 0) return chunk;
    const cut = this.#beginning ? endOfCutForm(this.#search.forms, bytes, final) : 0;
    if (cut === undecided) {
      this.#held = Buffer.from(bytes);
      return nothing;
    }
    if (cut > 0) this.#masked += 1;
    this.#owed = Math.max(this.#owed, cut);
    this.#beginning = false;
    const { ranges, open, edge } = this.#search.find(bytes);
    if (final && this.#edges.end && edge < bytes.length) addRange(ranges, edge, bytes.length);
    return this.#pass(bytes, ranges, final ? bytes.length : open, bytes === chunk);
  }

  /** Lets the bytes before `open` go, and holds the others back. */
  #pass(bytes: Buffer, found: Ranges, open: number, borrowed: boolean): Buffer {
    this.#held = open === bytes.length ? nothing : Buffer.from(bytes.subarray(open));
    if (found.length === 0 && this.#owed === 0 && open === bytes.length) return bytes;
    if (open === 0) return nothing;
    const passed = open === bytes.length ? bytes : bytes.subarray(0, open);
    const owed = this.#owed;
    const ranges = owed === 0 ? found : mergeRanges([0, owed], found);
    const begun = ranges.filter((start, i) => i % 2 === 0 && start < open).length;
    if (begun === 0) return passed;
    this.#masked += owed === 0 ? begun : begun - 1;
    // Ranges do not overlap: only the last of those that begin before `open` can reach beyond it.
    this.#owed = Math.max(0, (ranges[begun * 2 - 1] as number) - open);
    const own = borrowed ? Buffer.from(passed) : passed;
    maskRanges(own, ranges);
    return own;
  }
}
