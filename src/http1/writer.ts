import type { Writable } from 'node:stream';
import { chunkHead, lastChunk, writeFields } from './write.js';

/** Pieces up to this size are put together with what frames them: copying is then cheaper than a second write. */
const small = 16 * 1024;

/**
 * Writes one message to a connection: its head, then pieces of its body, chunked or as they are. What comes at once goes out as one
 * write, since each write is a TLS record and a system call.
 */
export class MessageWriter {
  readonly #out: Writable;
  readonly #chunked: boolean;
  #pending: string;

  /** `head` is Latin-1, with the empty line at its end; it goes out with the first piece, or at `flush`. */
  constructor(out: Writable, head: string, chunked: boolean) {
    this.#out = out;
    this.#pending = head;
    this.#chunked = chunked;
  }

  /** False where the other side reads too slowly: wait for 'drain'. */
  write(piece: Buffer): boolean {
    if (piece.length === 0) return !this.#out.writableNeedDrain;
    const before = this.#chunked ? this.#pending + chunkHead(piece.length) : this.#pending;
    const after = this.#chunked ? '\r\n' : '';
    this.#pending = '';
    if (before === '') return this.#out.write(piece);
    if (piece.length <= small) return this.#out.write(joined(before, piece, after));
    this.#out.cork();
    this.#out.write(before, 'latin1');
    const room = this.#out.write(piece);
    if (after !== '') this.#out.write(after, 'latin1');
    this.#out.uncork();
    return room;
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

function joined(before: string, piece: Buffer, after: string): Buffer {
  const whole = Buffer.allocUnsafe(before.length + piece.length + after.length);
  whole.write(before, 0, 'latin1');
  piece.copy(whole, before.length);
  if (after !== '') whole.write(after, before.length + piece.length, 'latin1');
  return whole;
}
