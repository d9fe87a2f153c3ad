import { Reason } from '../../core/reason.js';
import { Refusal } from '../../core/refusal.js';
import { KeptBytes } from '../../http1/kept-bytes.js';

/** `10000;chunk-signature=` and 64 digits, with a size of at most 16 digits. */
const sizeLine = /^([0-9A-Fa-f]{1,16});chunk-signature=[0-9A-Fa-f]{64}$/;
/** Bytes: more than any size line, and than any checksum with its name or the signature over it. */
const longestLine = 256;
const crlf = '\r\n';

export interface AwsChunkedSink {
  onData(piece: Buffer): void;
  /** The checksum behind the content, in base64; undefined where none was announced. */
  onEnd(checksum: string | undefined): void;
}

export interface AwsChunkedOptions {
  /** Bytes of the content, as `x-amz-decoded-content-length` has them. */
  readonly length: number;
  /** The name of the checksum behind it, in lower case. */
  readonly trailer: string | undefined;
}

/**
 * Reads a body in `aws-chunked` with a signature for each chunk (docs.aws.amazon.com, "Signature calculations for the Authorization header:
 * transferring payload in multiple chunks"), in whatever pieces it comes, strictly. The signatures are dropped: they were made
 * with a key that is none. Throws `bad_request` for a body that is not as it says it is, before more than the stated length has gone on.
 */
export class AwsChunkedReader {
  readonly #sink: AwsChunkedSink;
  readonly #options: AwsChunkedOptions;
  #state: 'size' | 'data' | 'data-end' | 'trailers' | 'done' = 'size';
  #left = 0;
  #sofar = 0;
  /** The beginning of a line that is not whole. */
  readonly #begun = new KeptBytes();
  #checksum: string | undefined;
  #hasTrailerSignature = false;

  constructor(sink: AwsChunkedSink, options: AwsChunkedOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === 'done') throw malformed('goes on behind its end');
      if (this.#state === 'data') {
        const end = Math.min(bytes.length, at + this.#left);
        this.#sink.onData(bytes.subarray(at, end));
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#state = 'data-end';
        continue;
      }
      const end = bytes.indexOf('\n', at) + 1;
      const piece = end === 0 ? bytes.subarray(at) : bytes.subarray(at, end);
      if (this.#begun.length + piece.length > longestLine) throw malformed('has a line that is too long');
      at += piece.length;
      const line = this.#line(piece, end !== 0);
      if (line !== undefined) this.#onLine(line);
    }
  }

  /** No more is to come. */
  end(): void {
    if (this.#state !== 'done') throw malformed('ends too early');
    this.#sink.onEnd(this.#checksum);
  }

  /** A line that has come to its end, without it. One client puts an LF before the CRLF of a trailer, as an example of AWS has it. */
  #line(piece: Buffer, isWhole: boolean): string | undefined {
    this.#begun.add(piece);
    if (!isWhole) return undefined;
    const line = this.#begun.take().toString('latin1');
    if (line.endsWith(crlf)) return line.slice(0, -crlf.length);
    if (this.#state === 'trailers' && line.length > 1) return line.slice(0, -1);
    throw malformed('has a line that ends without CR');
  }

  #onLine(line: string): void {
    switch (this.#state) {
      case 'size':
        this.#begin(line);
        return;
      case 'data-end':
        if (line !== '') throw malformed('has a chunk that is longer than its size');
        this.#state = 'size';
        return;
      case 'trailers':
        this.#onTrailer(line);
        return;
      case 'data':
      case 'done':
        throw new TypeError('no line is read here');
    }
  }

  #begin(line: string): void {
    const size = Number.parseInt(sizeLine.exec(line)?.[1] ?? '', 16);
    if (Number.isNaN(size)) throw malformed('has a line that states no size with a signature');
    this.#sofar += size;
    if (this.#sofar > this.#options.length) throw malformed('is longer than x-amz-decoded-content-length says');
    this.#left = size;
    this.#state = size === 0 ? 'trailers' : 'data';
    if (size === 0 && this.#sofar < this.#options.length)
      throw malformed('is shorter than x-amz-decoded-content-length says');
  }

  #onTrailer(line: string): void {
    const { trailer } = this.#options;
    if (line === '') {
      // The empty line behind the LF of that client, before the signature.
      if (trailer !== undefined && this.#checksum !== undefined && !this.#hasTrailerSignature) return;
      if (trailer !== undefined && this.#checksum === undefined)
        throw malformed('has not the checksum that it announces');
      this.#state = 'done';
      return;
    }
    const [, name = '', value = ''] = /^([a-z0-9-]+): *([A-Za-z0-9+/]{1,128}={0,2})$/i.exec(line) ?? [];
    const isChecksum = trailer !== undefined && name.toLowerCase() === trailer && this.#checksum === undefined;
    if (isChecksum) this.#checksum = value;
    else if (name.toLowerCase() === 'x-amz-trailer-signature' && trailer !== undefined && !this.#hasTrailerSignature)
      this.#hasTrailerSignature = true;
    else throw malformed('has another trailer than the one that it announces');
  }
}

/** `why` goes on from 'the body'. */
export function malformed(why: string): Refusal {
  return new Refusal('bad_request', { cause: new Reason(`the body in aws-chunked ${why}`) });
}
