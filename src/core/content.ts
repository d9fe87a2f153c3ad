import * as zlib from 'node:zlib';
import { Refusal } from './refusal.js';
import type { HeaderList } from './header-list.js';

type Decoder = (bytes: Buffer, options: zlib.ZlibOptions) => Buffer;

/** By the names of RFC 9110 section 8.4.1. */
const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['gzip', zlib.gunzipSync],
  ['x-gzip', zlib.gunzipSync],
  ['deflate', zlib.inflateSync],
  ['br', zlib.brotliDecompressSync],
]);

/** Digests of the body as the caller sent it (RFC 9530, RFC 1864): wrong for another one. */
const digests = /^(?:content-digest|content-md5|digest|repr-digest)$/;

/** The body of a request, in memory: read out of its content coding (RFC 9110 section 8.4) where a place looks into it. */
export class Content {
  /** As it goes on the wire. */
  readonly wire: Buffer;
  /** Whether it is other than what the caller sent. */
  readonly changed: boolean;
  readonly #coding: string;
  readonly #limit: number;
  #plain: Buffer | Refusal | undefined;

  /** `coding`: the value of Content-Encoding; empty where there is none. `limit`: bytes that it may have out of its coding. */
  constructor(wire: Buffer, coding: string, limit: number, changed = false) {
    this.wire = wire;
    this.changed = changed;
    this.#coding = coding.trim().toLowerCase();
    this.#limit = limit;
    if (this.#coding === '' || this.#coding === 'identity') this.#plain = wire;
  }

  /** Its bytes out of their coding. Throws `body_coding` for a coding that cannot be read, `body_too_large` beyond the limit. */
  get plain(): Buffer {
    this.#plain ??= this.#decoded();
    if (this.#plain instanceof Refusal) throw this.#plain;
    return this.#plain;
  }

  /** Whether its bytes can be had out of their coding. */
  get isReadable(): boolean {
    this.#plain ??= this.#decoded();
    return !(this.#plain instanceof Refusal);
  }

  /** What can be looked into: as it is on the wire where it cannot be read out of its coding. */
  get legible(): Buffer {
    return this.isReadable ? this.plain : this.wire;
  }

  /**
   * The same with other bytes, in no coding: a destination that repeats what it was sent would repeat a credential where no search
   * finds it, and the length of what is compressed together with a caller's text tells of the rest (CRIME, CVE-2012-4929).
   */
  with(plain: Buffer): Content {
    return new Content(plain, '', this.#limit, true);
  }

  #decoded(): Buffer | Refusal {
    const decode = decoders.get(this.#coding);
    if (decode === undefined) return new Refusal('body_coding');
    try {
      return decode(this.wire, { maxOutputLength: this.#limit });
    } catch (error) {
      const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      // What it is of the rest names nothing that was read.
      return new Refusal(tooLarge ? 'body_too_large' : 'body_coding');
    }
  }
}

/** Sets the header fields that speak of the body: what is as the caller sent it stays described as it was. */
export function describeContent(headers: HeaderList, { wire, changed }: Content): void {
  const length = String(wire.length);
  if (headers.first('content-length') !== length) headers.set('content-length', length);
  if (changed) headers.removeWhere((name) => name === 'content-encoding' || digests.test(name));
}
