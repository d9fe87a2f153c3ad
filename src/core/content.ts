import * as zlib from 'node:zlib';
import { Refusal } from './refusal.js';
import type { HeaderList } from './header-list.js';

type Coding = 'gzip' | 'deflate' | 'br';

const decoders: Readonly<Record<Coding, (bytes: Buffer, options: zlib.ZlibOptions) => Buffer>> = {
  gzip: zlib.gunzipSync,
  deflate: zlib.inflateSync,
  br: zlib.brotliDecompressSync,
};
const encoders: Readonly<Record<Coding, (bytes: Buffer) => Buffer>> = {
  gzip: zlib.gzipSync,
  deflate: zlib.deflateSync,
  // The default level takes a hundred times as long as this one.
  br: (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
};

/** Digests of the body as the caller sent it (RFC 9530, RFC 1864): wrong for another one. */
const digests = /^(?:content-digest|content-md5|digest|repr-digest)$/;

/** The body of a request, in memory: read out of its content coding (RFC 9110 section 8.4) where a place looks into it, and put back in it. */
export class Content {
  /** As it goes on the wire. */
  readonly wire: Buffer;
  /** Whether it is other than what the caller sent. */
  readonly changed: boolean;
  readonly #coding: string;
  readonly #limit: number;
  #plain: Buffer | undefined;

  /** `coding`: the value of Content-Encoding; empty where there is none. `limit`: bytes that it may have out of its coding. */
  constructor(wire: Buffer, coding: string, limit: number, changed = false) {
    this.wire = wire;
    this.changed = changed;
    this.#coding = coding.trim().toLowerCase();
    this.#limit = limit;
  }

  /** Its bytes out of their coding. Throws `body_coding` for a coding that cannot be read, `body_too_large` beyond the limit. */
  get plain(): Buffer {
    this.#plain ??= this.#isPlain() ? this.wire : this.#decoded();
    return this.#plain;
  }

  /** The same with other bytes, in the same coding. */
  with(plain: Buffer): Content {
    const wire = this.#isPlain() ? plain : encoders[this.#known()](plain);
    return new Content(wire, this.#coding, this.#limit, true);
  }

  #isPlain(): boolean {
    return this.#coding === '' || this.#coding === 'identity';
  }

  #known(): Coding {
    const name = this.#coding === 'x-gzip' ? 'gzip' : this.#coding;
    if (Object.hasOwn(decoders, name)) return name as Coding;
    throw new Refusal('body_coding');
  }

  #decoded(): Buffer {
    try {
      return decoders[this.#known()](this.wire, { maxOutputLength: this.#limit });
    } catch (error) {
      if (error instanceof Refusal) throw error;
      const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      // What it is of the rest names nothing that was read.
      throw new Refusal(tooLarge ? 'body_too_large' : 'body_coding');
    }
  }
}

/** Sets the header fields that speak of the body. */
export function describeContent(headers: HeaderList, { wire, changed }: Content): void {
  headers.set('content-length', String(wire.length));
  if (changed) headers.removeWhere((name) => digests.test(name));
}
