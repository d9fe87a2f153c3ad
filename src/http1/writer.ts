import type { Writable } from 'node:stream';
import { chunkHead, lastChunk, writeFields } from './write.js';

/** Pieces up to this size are put together with what frames them: copying is then cheaper than a second write. */
const small = 16 * 1024;
/** Memory for less than this Node cuts from larger pieces. */
const cut = 4 * 1024;
/** For a TLS record of the largest size, and what frames it. */
const usual = 16 * 1024 + 64;

/**
 * Writes one message to a connection: its head, then pieces of its body, chunked or as they are. What comes at once goes out as one
 * write, since each write is a TLS record and a system call.
 */
export class MessageWriter {
  readonly #out: Writable;
  readonly #chunked: boolean;
  #pending: string;
  /** Memory from which all has gone out. */
  readonly #spare: Buffer[] = [];

  /** `head` is Latin-1, with the empty line at its end; it goes out with the first piece, or at `flush`. */
  constructor(out: Writable, head: string, chunked: boolean) {
    this.#out = out;
    this.#pending = head;
    this.#chunked = chunked;
  }

  /** False where the other side reads too slowly: wait for 'drain'. The piece is kept until it has gone out. */
  write(piece: Buffer): boolean {
    if (piece.length === 0) return !this.#out.writableNeedDrain;
    const { before, after } = this.#frame(piece);
    if (before === '') return this.#out.write(piece);
    if (piece.length <= small) return this.#out.write(joined(before, piece, after));
    this.#out.cork();
    this.#out.write(before, 'latin1');
    const room = this.#out.write(piece);
    if (after !== '') this.#out.write(after, 'latin1');
    this.#out.uncork();
    return room;
  }

  /** The same for a piece that is good until this returns: it is copied, into memory that is used again once it has gone out. */
  writeLent(piece: Buffer): boolean {
    if (piece.length === 0) return !this.#out.writableNeedDrain;
    const { before, after } = this.#frame(piece);
    const size = before.length + piece.length + after.length;
    if (size < cut) return this.#out.write(joined(before, piece, after));
    const spare = this.#spare.pop();
    const memory = spare !== undefined && spare.length >= size ? spare : Buffer.allocUnsafeSlow(Math.max(size, usual));
    return this.#out.write(joined(before, piece, after, memory), () => this.#spare.push(memory));
  }

  #frame(piece: Buffer): { before: string; after: string } {
    const pending = this.#pending;
    this.#pending = '';
    return this.#chunked
      ? { before: pending + chunkHead(piece.length), after: '\r\n' }
      : { before: pending, after: '' };
  }

  /** Lets go out what has waited for more. */
  flush(): void {
    if (this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    this.#out.write(text, 'latin1');
  }

  /** `trailers` are names and values in turn. Throws `TypeError` where one would break the section; nothing has gone out then. */
  end(trailers: readonly string[] = []): void {
    if (this.#chunked) this.#pending += trailers.length === 0 ? lastChunk : `0\r\n${writeFields(trailers)}\r\n`;
    this.flush();
  }
}

function joined(before: string, piece: Buffer, after: string, memory?: Buffer): Buffer {
  const size = before.length + piece.length + after.length;
  const whole = memory?.subarray(0, size) ?? Buffer.allocUnsafe(size);
  if (before !== '') whole.write(before, 0, 'latin1');
  piece.copy(whole, before.length);
  if (after !== '') whole.write(after, before.length + piece.length, 'latin1');
  return whole;
}
