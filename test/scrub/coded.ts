import * as zlib from 'node:zlib';
import type { AnswerBody, Outcome } from '../../src/scrub/answer-body.js';
import { codings } from '../../src/scrub/codings.js';

/** One way to write a body in a content coding. */
export interface Encoder {
  readonly name: string;
  readonly coding: 'gzip' | 'deflate' | 'br' | 'zstd';
  readonly encode: (bytes: Buffer) => Buffer;
}

const { zstdCompressSync } = zlib as unknown as { zstdCompressSync?: (bytes: Buffer) => Buffer };
const quick = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } };

/** Every coding this Node can write and read; `deflate` both ways, and `gzip` without compression, where the text stands as it is. */
export const encoders: readonly Encoder[] = [
  { name: 'gzip', coding: 'gzip', encode: (bytes) => zlib.gzipSync(bytes) },
  { name: 'gzip, stored', coding: 'gzip', encode: (bytes) => zlib.gzipSync(bytes, { level: 0 }) },
  { name: 'deflate', coding: 'deflate', encode: (bytes) => zlib.deflateSync(bytes) },
  { name: 'raw deflate', coding: 'deflate', encode: (bytes) => zlib.deflateRawSync(bytes) },
  { name: 'br', coding: 'br', encode: (bytes) => zlib.brotliCompressSync(bytes, quick) },
  ...(codings.has('zstd') && zstdCompressSync !== undefined
    ? [{ name: 'zstd', coding: 'zstd' as const, encode: zstdCompressSync }]
    : []),
];

/** What a caller has got of an answer. */
export interface Got {
  readonly head: Outcome['head'];
  readonly bytes: Buffer;
  /** The code of the refusal it ended with. */
  readonly failed?: unknown;
}

/** Sends a body through; `release` is called after so many chunks. */
export async function sendThrough(body: AnswerBody, chunks: readonly Buffer[], release = Infinity): Promise<Got> {
  let head: Outcome['head'] = 'hold';
  const out: Buffer[] = [];
  const put = (outcome: Outcome): void => {
    if (head !== 'hold' && outcome.head !== head) throw new TypeError(`the head went as ${head}, now ${outcome.head}`);
    if (outcome.head === 'hold' && outcome.bytes.length > 0) throw new TypeError('bytes before the head');
    head = outcome.head;
    out.push(Buffer.from(outcome.bytes));
  };
  try {
    for (const [i, chunk] of chunks.entries()) {
      if (i === release) put(body.release());
      put(await body.push(chunk));
    }
    if (chunks.length === release) put(body.release());
    put(await body.end());
    return { head, bytes: Buffer.concat(out) };
  } catch (error) {
    if (error instanceof TypeError) throw error;
    return { head, bytes: Buffer.concat(out), failed: (error as { code?: unknown }).code };
  } finally {
    body.close();
  }
}
