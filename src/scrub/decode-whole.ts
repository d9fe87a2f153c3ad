import { errorCode } from '../core/error-code.js';
import { brokenCoding } from './broken-coding.js';
import { decodingOf, type Coding, type Engine } from './codings.js';
import { ZstdBlocks } from './zstd-blocks.js';

/** What comes of so many decoded bytes takes some 3 ms: as long as the event loop may stand still for one body. */
const most = 1024 * 1024;
const none = Buffer.alloc(0);

/**
 * Reads a small body back at once, on the event loop: an eighth of what a stream of pieces costs (bench/scrub.mjs).
 * Undefined where it expands beyond a mebibyte. Throws a Refusal where it is not exactly one body in this coding.
 */
export function decodeWhole(coding: Coding, coded: Buffer): Buffer | undefined {
  if (coding === 'zstd') {
    const blocks = new ZstdBlocks();
    blocks.push(coded);
    if (!blocks.ended) throw brokenCoding();
  }
  return decode(coding, coded, {});
}

/** The beginning of a body as far as a decoder gives all of it, decoded; undefined where that fails or is too much. */
export function decodeSoFar(coding: Coding, begun: Buffer): { coded: Buffer; decoded: Buffer } | undefined {
  try {
    const coded = coding === 'zstd' ? wholeBlocks(begun) : begun;
    const { soFar } = decodingOf(coding, coded[0] ?? 0);
    const decoded = decode(coding, coded, { finishFlush: soFar });
    return decoded === undefined ? undefined : { coded, decoded };
  } catch {
    // Whoever reads on comes upon the same, and refuses it.
    return undefined;
  }
}

function decode(coding: Coding, coded: Buffer, options: { readonly finishFlush?: number }): Buffer | undefined {
  const [first] = coded;
  if (first === undefined) return none;
  try {
    const { whole } = decodingOf(coding, first);
    const read = whole(coded, { ...options, maxOutputLength: most, info: true });
    const { buffer, engine } = read as unknown as { buffer: Buffer; engine: Engine };
    if (engine.bytesWritten !== coded.length) throw brokenCoding();
    return buffer;
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw brokenCoding();
  }
}

function wholeBlocks(begun: Buffer): Buffer {
  const blocks = new ZstdBlocks();
  blocks.push(begun);
  return begun.subarray(0, blocks.whole);
}
