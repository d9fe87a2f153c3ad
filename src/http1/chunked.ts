import { parseFields } from './fields.js';
import { KeptBytes } from './kept-bytes.js';
import { Malformed } from './malformed.js';

/** A chunk size with its extensions, bytes. Extensions are read over and never passed on. */
const longestSizeLine = 1024;
/** All extensions of a body together, bytes: what costs the reader and carries nothing. */
const mostExtensions = 16 * 1024;
/** A safe integer has at most 13 of them; leading zeros are taken up to 16, as servers do. */
const sizeLine = /^([0-9A-Fa-f]{1,16})(;[\t\x20-\x7e\x80-\xff]*)?$/;

const lineEnd = '\r\n';
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
  /** The beginning of a line that is not whole. */
  readonly #begun = new KeptBytes();
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
      const end = bytes.indexOf(lf, at) + 1;
      const line = this.#line(end === 0 ? bytes.subarray(at) : bytes.subarray(at, end), end !== 0);
      if (line === undefined) return undefined;
      at = end;
      if (this.#onLine(line)) return at;
    }
    return undefined;
  }

  /** The line that ends with this piece, without its end; undefined where it goes on. */
  #line(piece: Buffer, isWhole: boolean): string | undefined {
    const most = this.#state === 'trailers' ? this.#mostTrailerBytes : this.#state === 'size' ? longestSizeLine : 2;
    if (this.#begun.length + piece.length > most)
      throw new Malformed(this.#state === 'trailers' ? 'too-large' : 'syntax', 'a line of a chunked body is too long');
    if (!isWhole || this.#begun.length > 0) this.#begun.add(piece);
    if (!isWhole) return undefined;
    const line = (this.#begun.length > 0 ? this.#begun.take() : piece).toString('latin1');
    if (!line.endsWith(lineEnd)) throw new Malformed('syntax', 'a bare LF in a chunked body');
    return line.slice(0, -lineEnd.length);
  }

  /** Takes a line; answers whether the body has ended. */
  #onLine(line: string): boolean {
    switch (this.#state) {
      case 'size':
        this.#begin(line);
        return false;
      case 'trailers':
        if (line === '') {
          this.#sink.onEnd(this.#trailers);
          return true;
        }
        this.#trailerBytes += line.length + lineEnd.length;
        if (this.#trailerBytes > this.#mostTrailerBytes)
          throw new Malformed('too-large', 'the trailer section is too large');
        this.#trailers.push(...parseFields(line, 0));
        return false;
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
