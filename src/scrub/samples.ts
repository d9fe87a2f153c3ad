/** Bytes looked at in one sample. */
const width = 4;
const longestStride = 32;

/**
 * Tells where it is worth searching, by looking at four bytes in every stride: a string of at least `stride + 3` bytes
 * covers one sample wherever it stands, and that sample is then one of the first `stride` groups of four bytes in it.
 * Its cost does not depend on what the bytes are.
 */
export class Samples {
  /** Bytes between two samples. A string that covers none before position p begins after p − stride. */
  readonly stride: number;
  readonly #bits: Int32Array;
  readonly #shift: number;

  /** Strings of at least 8 bytes. */
  constructor(strings: readonly Buffer[]) {
    const shortest = strings.reduce((least, string) => Math.min(least, string.length), Infinity);
    this.stride = Math.min(shortest - width + 1, longestStride);
    // 128 bits for each group: fewer than one sample in a hundred is looked at in vain.
    const logarithm = Math.min(17, Math.max(10, Math.ceil(Math.log2(strings.length * this.stride * 128))));
    this.#shift = 32 - logarithm;
    this.#bits = new Int32Array(2 ** (logarithm - 5));
    for (const string of strings) {
      for (let offset = 0; offset < this.stride; offset += 1) {
        const place = hash(string.readInt32LE(offset)) >>> this.#shift;
        (this.#bits[place >>> 5] as number) |= 1 << place;
      }
    }
  }

  /** The first sample from `from` on, in steps of the stride, that may be part of a string; −1 where there is none. */
  next(view: DataView, from: number): number {
    const last = view.byteLength - width;
    const { stride } = this;
    const bits = this.#bits;
    const shift = this.#shift;
    for (let at = from; at <= last; at += stride) {
      const place = hash(view.getInt32(at, true)) >>> shift;
      if (((bits[place >>> 5] as number) & (1 << place)) !== 0) return at;
    }
    return -1;
  }

  /** The last sample among `length` bytes; −1 where they are too few for one. */
  last(length: number): number {
    return length < width ? -1 : Math.floor((length - width) / this.stride) * this.stride;
  }
}

/** Fibonacci hashing: the upper bits depend on all lower ones. */
function hash(group: number): number {
  return Math.imul(group, 0x9e3779b1);
}
