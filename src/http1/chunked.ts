import { parseFields } from './fields.js';
import { Malformed } from './malformed.js';

/** A chunk size with its extensions, bytes. Extensions are read over and never passed on. */
const longestSizeLine = 1024;
/** All extensions of a body together, bytes: what costs the reader and carries nothing. */
const mostExtensions = 16 * 1024;
/** A safe integer has at most 13 of them; leading zeros are taken up to 16, as servers do. */
const sizeLine = /^([0-9A-Fa-f]{1,16})(;[\t\x20-\x7e\x80-\xff]*)?$/;

const empty = Buffer.alloc(0);
const cr = 0x0d;
const lf = 0x0a;

export interface ChunkedSink {
  onData(piece: Buffer): void;
  onEnd(trailers: string[]): void;
}

/** Reads a chunked body (RFC 9112 section 7.1), in whatever pieces it comes, strictly: CRLF alone ends a line. */
export class ChunkedReader {
  readonly #sink: ChunkedSink;
  readonly #mostTrailerBytes: number;
  #state: 'size' | 'data' | 'data-end' | 'trailers' = 'size';
  #left = 0;
  #line: Buffer = empty;
  #extensions = 0;
  #trailerBytes = 0;
  #trailers: string[] = [];

  constructor(sink: ChunkedSink, mostTrailerBytes: number) {
    this.#sink = sink;
    this.#mostTrailerBytes = mostTrailerBytes;
  }

  /** Reads from `at` on; returns where the body ended, or undefined where all of it was read and more is to come. */
  read(bytes: Buffer, from: number): number | undefined {
    let at = from;
    while (at < bytes.length) {
      if (this.#state === 'data') {
        const end = Math.min(bytes.length, at + this.#left);
        this.#sink.onData(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#state = 'data-end';
        continue;
      }
      const end = this.#readLine(bytes, at);
      if (end === undefined) return undefined;
      at = end;
      if (this.#onLine()) return at;
    }
    return undefined;
  }

  /** Collects a line without its end in `#line`; returns what comes after it, undefined where it goes on. */
  #readLine(bytes: Buffer, at: number): number | undefined {
    const found = bytes.indexOf(lf, at);
    const end = found === -1 ? bytes.length : found + 1;
    const piece = bytes.subarray(at, end);
    this.#line = this.#line.length === 0 ? piece : Buffer.concat([this.#line, piece]);
    const most = this.#state === 'trailers' ? this.#mostTrailerBytes : this.#state === 'size' ? longestSizeLine : 2;
    if (this.#line.length > most)
      throw new Malformed(this.#state === 'trailers' ? 'too-large' : 'syntax', 'a line of a chunked body is too long');
    if (found === -1) {
      // What is kept must not keep the whole piece it came in.
      this.#line = Buffer.from(this.#line);
      return undefined;
    }
    if (this.#line[this.#line.length - 2] !== cr) throw new Malformed('syntax', 'a bare LF in a chunked body');
    return end;
  }

  /** Takes the line that is whole; answers whether the body has ended. */
  #onLine(): boolean {
    const line = this.#line.toString('latin1', 0, this.#line.length - 2);
    this.#line = empty;
    switch (this.#state) {
      case 'size':
        this.#begin(line);
        return false;
      case 'trailers':
        if (line !== '') {
          this.#trailerBytes += line.length + 2;
          if (this.#trailerBytes > this.#mostTrailerBytes)
            throw new Malformed('too-large', 'the trailer section is too large');
          this.#trailers.push(...parseFields(line, 0));
          return false;
        }
        this.#sink.onEnd(this.#trailers);
        return true;
      case 'data':
      case 'data-end':
        if (line !== '') throw new Malformed('syntax', 'a chunk is longer than its size');
        this.#state = 'size';
        return false;
    }
  }

  #begin(line: string): void {
    const [, digits = '', extension = ''] = sizeLine.exec(line) ?? [];
    const size = digits === '' ? NaN : Number.parseInt(digits, 16);
    if (!Number.isSafeInteger(size)) throw new Malformed('syntax', 'a chunk size is not a number');
    this.#extensions += extension.length;
    if (this.#extensions > mostExtensions) throw new Malformed('syntax', 'the chunk extensions are too large');
    this.#left = size;
    this.#state = size === 0 ? 'trailers' : 'data';
  }
}
