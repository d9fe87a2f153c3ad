import { brokenCoding } from './broken-coding.js';

type State = 'magic' | 'descriptor' | 'header' | 'block' | 'content' | 'checksum';

const frameMagic = 0xfd2fb528;
/** RFC 8878 section 3.1.1.2.3: no block is larger, decoded or not. */
const largestBlock = 128 * 1024;

/**
 * Follows the frames of a zstd stream (RFC 8878 section 3.1.1). A decoder gives nothing of a block until it has all of it, though
 * part of it can be read by who tries: so bytes are known to be clean only as far as they are whole blocks.
 */
export class ZstdBlocks {
  /** Bytes of the stream up to the end of its last whole block. */
  whole = 0;
  #read = 0;
  #state: State = 'magic';
  /** Bytes missing of what is being read, and the value of those that came (little-endian). */
  #missing = 4;
  #value = 0;
  #got = 0;
  #checksum = false;
  #last = false;

  /** Whether the stream is whole frames and nothing else. Node 22 takes one that is cut short for a whole one. */
  get ended(): boolean {
    return this.#state === 'magic' && this.#got === 0;
  }

  /** Throws a Refusal for what is no zstd frame. Skippable frames are none: nobody reads what is in them. */
  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === 'content' || this.#state === 'header' || this.#state === 'checksum') {
        const step = Math.min(this.#missing, bytes.length - at);
        this.#missing -= step;
        at += step;
      } else {
        this.#value += (bytes[at] as number) * 2 ** (8 * this.#got);
        this.#got += 1;
        this.#missing -= 1;
        at += 1;
      }
      while (this.#missing === 0) this.#next(this.#read + at);
    }
    this.#read += bytes.length;
  }

  #next(position: number): void {
    const value = this.#value;
    this.#value = 0;
    this.#got = 0;
    switch (this.#state) {
      case 'magic':
        if (value !== frameMagic) throw brokenCoding();
        this.#enter('descriptor', 1);
        return;
      case 'descriptor':
        this.#checksum = (value & 4) !== 0;
        this.#enter('header', headerBytes(value));
        return;
      case 'header':
        this.#enter('block', 3);
        return;
      case 'block':
        this.#last = (value & 1) === 1;
        this.#enter('content', contentBytes(value));
        return;
      case 'content':
        this.whole = position;
        if (!this.#last) this.#enter('block', 3);
        else if (this.#checksum) this.#enter('checksum', 4);
        else this.#enter('magic', 4);
        return;
      case 'checksum':
        this.whole = position;
        this.#enter('magic', 4);
        return;
    }
  }

  #enter(state: State, missing: number): void {
    this.#state = state;
    this.#missing = missing;
  }
}

/** What follows the descriptor of a frame: window, dictionary and size (RFC 8878 section 3.1.1.1). */
function headerBytes(descriptor: number): number {
  const singleSegment = (descriptor >> 5) & 1;
  const dictionary = [0, 1, 2, 4][descriptor & 3] as number;
  const size = [singleSegment, 2, 4, 8][descriptor >> 6] as number;
  return 1 - singleSegment + dictionary + size;
}

function contentBytes(header: number): number {
  const type = (header >> 1) & 3;
  const size = header >> 3;
  const repeated = 1;
  const reserved = 3;
  if (type === reserved || size > largestBlock) throw brokenCoding();
  return type === repeated ? 1 : size;
}
