const empty = Buffer.alloc(0);
const smallest = 256;

/**
 * Bytes put together from pieces. They are copied into one buffer that doubles: so a piece costs its own size, however many come, and
 * one byte does not keep alive the whole read that it came in.
 */
export class KeptBytes {
  #buffer: Buffer = empty;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** All of them; good until the next `add`. */
  get view(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  add(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#buffer.length, smallest));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    bytes.copy(this.#buffer, this.#length);
    this.#length = length;
  }

  /** All of them; none stay. */
  take(): Buffer {
    const { view } = this;
    this.#buffer = empty;
    this.#length = 0;
    return view;
  }
}
