import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';

/** A content coding (RFC 9110 section 8.4.1, RFC 7932, RFC 8878) that can be read back, so that a body in it can be searched. */
export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** What there is of zstd: `@types/node` 20 does not know it. */
interface Zstd {
  readonly createZstdDecompress?: (options: zlib.ZlibOptions) => Engine;
  readonly zstdDecompressSync?: (bytes: Buffer, options: zlib.ZlibOptions) => Buffer;
  readonly constants: Readonly<Record<string, number>>;
}
const { createZstdDecompress, zstdDecompressSync, constants } = zlib as unknown as Zstd;

/** What all of Node's decoders are. */
export type Engine = Transform & { readonly bytesWritten: number };

/** How one coding is read back. */
export interface Decoding {
  readonly open: () => Engine;
  readonly whole: (bytes: Buffer, options: zlib.ZlibOptions) => Buffer;
  /** Tells `whole` to give what can be read of bytes that are not all of a body. */
  readonly soFar: number;
}

/** Decoded bytes are searched in pieces of this size, and forgotten. */
const pieceBytes = 64 * 1024;
const chunkSize = pieceBytes;
const syncFlush = zlib.constants.Z_SYNC_FLUSH;

const decodings = new Map<Coding, (first: number) => Decoding>([
  ['gzip', () => ({ open: () => zlib.createGunzip({ chunkSize }), whole: zlib.gunzipSync, soFar: syncFlush })],
  ['deflate', inflating],
  [
    'br',
    () => ({
      open: () => zlib.createBrotliDecompress({ chunkSize }),
      whole: zlib.brotliDecompressSync,
      soFar: zlib.constants.BROTLI_OPERATION_FLUSH,
    }),
  ],
]);
// Node 22.15 and 23.8 and later have it.
if (createZstdDecompress !== undefined && zstdDecompressSync !== undefined) {
  // RFC 9659: no window over 8 MiB in HTTP. It is what one answer can make us allocate.
  const params = { [constants['ZSTD_d_windowLogMax'] as number]: 23 };
  decodings.set('zstd', () => ({
    open: () => createZstdDecompress({ chunkSize, params } as zlib.ZlibOptions),
    whole: (bytes, options) => zstdDecompressSync(bytes, { ...options, params } as zlib.ZlibOptions),
    soFar: constants['ZSTD_e_flush'] as number,
  }));
}

/** The codings this Node can read back. */
export const codings: ReadonlySet<Coding> = new Set(decodings.keys());

/** The coding of this name, in lower case; undefined for `identity` and for what cannot be read back. */
export function codingNamed(name: string): Coding | undefined {
  // RFC 9110 section 8.4.1.3: x-gzip is gzip.
  const known = (name === 'x-gzip' ? 'gzip' : name) as Coding;
  return codings.has(known) ? known : undefined;
}

/** How to read a body that begins with this byte. */
export function decodingOf(coding: Coding, first: number): Decoding {
  const decoding = decodings.get(coding)?.(first);
  if (decoding === undefined) throw new TypeError(`no decoding for ${coding}`);
  return decoding;
}

/**
 * `deflate` means zlib (RFC 9110 section 8.4.1.2), but some servers send raw deflate, and clients take both. They tell by the
 * method in the first byte: 8 is zlib; no raw stream of a sane encoder begins so. What begins so and is no zlib is refused.
 */
function inflating(first: number): Decoding {
  const zlibMethod = 8;
  if ((first & 0x0f) === zlibMethod) {
    return { open: () => zlib.createInflate({ chunkSize }), whole: zlib.inflateSync, soFar: syncFlush };
  }
  return {
    open: () => zlib.createInflateRaw({ chunkSize }),
    whole: zlib.inflateRawSync,
    soFar: syncFlush,
  };
}
