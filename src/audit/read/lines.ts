import { createHash, type Hash } from 'node:crypto';
import fs from 'node:fs';
import { latin1Hash } from '../chain.js';

/** One line of a file, without its end. */
export interface Line {
  /** Read as Latin-1: a character is a byte. Empty for a line that is longer than any record. */
  readonly text: string;
  /** Hex SHA-256 of its bytes. */
  readonly hash: string;
  /** Whether its end is there. */
  readonly ended: boolean;
  /** Where the next line begins, in bytes. */
  readonly end: number;
}

const chunkBytes = 64 * 1024;
/** More than any record: capped values, escaped. */
export const longestLine = 1024 * 1024;

/**
 * The lines of a file from a byte on, however large it is: a chunk is in memory at a time, and no descriptor stays open between two.
 * Throws what the system throws.
 */
export function* linesOf(path: string, from = 0): Generator<Line, void, undefined> {
  // Many files may be read side by side, and most of them are small.
  const chunk = Buffer.alloc(Math.max(1, Math.min(chunkBytes, fs.statSync(path).size - from)));
  const open = new OpenLine();
  let position = from;
  for (;;) {
    const length = readAt(path, chunk, position);
    if (length === 0) break;
    const text = chunk.toString('latin1', 0, length);
    let start = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', start)) {
      yield open.close(text.slice(start, at), position + at + 1, true);
      start = at + 1;
    }
    open.add(text.slice(start));
    position += length;
  }
  if (!open.empty) yield open.close('', position, false);
}

/** A line whose end has not come yet. */
class OpenLine {
  #text = '';
  /** The hash so far of a line that is too long to keep. */
  #long: Hash | undefined;

  get empty(): boolean {
    return this.#text === '' && this.#long === undefined;
  }

  add(piece: string): void {
    if (this.#long !== undefined) this.#long.update(piece, 'latin1');
    else this.#text += piece;
    if (this.#text.length <= longestLine) return;
    this.#long = createHash('sha256').update(this.#text, 'latin1');
    this.#text = '';
  }

  close(piece: string, end: number, ended: boolean): Line {
    this.add(piece);
    const text = this.#text;
    const hash = this.#long === undefined ? latin1Hash(text) : this.#long.digest('hex');
    this.#text = '';
    this.#long = undefined;
    return { text, hash, ended, end };
  }
}

function readAt(path: string, chunk: Buffer, position: number): number {
  const descriptor = fs.openSync(path, 'r');
  try {
    return fs.readSync(descriptor, chunk, 0, chunk.length, position);
  } finally {
    fs.closeSync(descriptor);
  }
}
