import { HeaderList } from '../core/header-list.js';
import type { AnswerStart } from '../inject/index.js';
import type { Coding } from '../scrub/codings.js';
import { decodeSoFar } from '../scrub/decode-whole.js';

/** Bytes of a body that are looked at: an error of a service that says which one it is says so there. */
const mostLookedAt = 4 * 1024;

/** Keeps the beginning of an answer while it passes, for those who read in it that a credential was refused. */
export class KeptStart {
  readonly #head: Omit<AnswerStart, 'body'>;
  readonly #coding: Coding | undefined;
  readonly #pieces: Buffer[] = [];
  #left = mostLookedAt;

  /** The header section is copied: what is no caller's is taken out of it. */
  constructor(status: number, headers: HeaderList, coding: Coding | undefined) {
    this.#head = { status, headers: new HeaderList(headers.raw) };
    this.#coding = coding;
  }

  push(piece: Buffer): void {
    if (this.#left === 0) return;
    const kept = Buffer.from(piece.subarray(0, this.#left));
    this.#left -= kept.length;
    this.#pieces.push(kept);
  }

  get start(): AnswerStart {
    const kept = Buffer.concat(this.#pieces);
    const body = this.#coding === undefined ? kept : decodeSoFar(this.#coding, kept)?.decoded;
    return { ...this.#head, body: body?.subarray(0, mostLookedAt) ?? Buffer.alloc(0) };
  }
}
