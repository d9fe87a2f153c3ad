import { brokenCoding } from './broken-coding.js';
import { decodingOf, type Coding, type Engine } from './codings.js';
import { ZstdBlocks } from './zstd-blocks.js';

/** Deflate expands no further than so many times; another coding that does is taken for a bomb, once it is past the allowance. */
const mostExpansion = 1032;
const expansionAllowance = 64 * 1024 * 1024;

/**
 * Reads a coded body back piece by piece, off the event loop: each piece is handed to `take` and forgotten, so memory stays
 * flat however far the body expands. What is not exactly one body in this coding (corrupt, cut short, followed by anything) is
 * refused: another reader might read it another way. Several gzip members or zstd frames are one body.
 */
export class Decoder {
  readonly #coding: Coding;
  readonly #take: (piece: Buffer) => void;
  readonly #blocks: ZstdBlocks | undefined;
  #engine: Engine | undefined;
  #fail: (error: unknown) => void = () => undefined;
  #fed = 0;
  #decoded = 0;

  /** `take` may throw: then so does the feeding. */
  constructor(coding: Coding, take: (piece: Buffer) => void) {
    this.#coding = coding;
    this.#take = take;
    this.#blocks = coding === 'zstd' ? new ZstdBlocks() : undefined;
  }

  /** So many of the bytes fed have been given decoded: all but a zstd block that is not whole yet. */
  get readBack(): number {
    return this.#blocks?.whole ?? this.#fed;
  }

  /** Resolves when all that can be read of the bytes so far has been taken. Rejects with a Refusal. */
  async feed(chunk: Buffer): Promise<void> {
    const [first] = chunk;
    if (first === undefined) return;
    this.#blocks?.push(chunk);
    const engine = (this.#engine ??= this.#open(first));
    this.#fed += chunk.length;
    await this.#settled((done) => {
      engine.write(chunk, (error) => {
        if (error) this.#fail(brokenCoding());
        else done();
      });
    });
    // A decoder stops at the end of the stream: what follows it is left over, and read by nobody.
    if (engine.bytesWritten !== this.#fed) throw brokenCoding();
  }

  /** The body has ended. Rejects where it is cut short. A body without a byte is one in any coding. */
  async finish(): Promise<void> {
    const engine = this.#engine;
    if (engine === undefined) return;
    await this.#settled((done) => engine.once('end', done).end());
    if (this.#blocks?.ended === false) throw brokenCoding();
  }

  close(): void {
    this.#engine?.destroy();
  }

  #settled(start: (done: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      start(resolve);
    });
  }

  #open(first: number): Engine {
    const engine = decodingOf(this.#coding, first).open();
    engine.on('data', (piece: Buffer) => {
      try {
        this.#count(piece.length);
        this.#take(piece);
      } catch (error) {
        this.#fail(error);
        engine.destroy();
      }
    });
    engine.on('error', () => this.#fail(brokenCoding()));
    engine.on('close', () => this.#fail(brokenCoding()));
    return engine;
  }

  #count(bytes: number): void {
    this.#decoded += bytes;
    if (this.#decoded > expansionAllowance && this.#decoded > mostExpansion * this.#fed) throw brokenCoding('expands');
  }
}
