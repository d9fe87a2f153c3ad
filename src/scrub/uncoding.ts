import { BodyScrubber } from './body.js';
import { brokenCoding } from './broken-coding.js';
import type { Coding } from './codings.js';
import { Decoder } from './decoder.js';
import type { Needles } from './forms.js';

/** Decoded bytes that one step may come to: they are held at once. */
const mostAtOnce = 8 * 1024 * 1024;

/** A coded body that holds a secret: decoded, masked, and sent on so. */
export class Uncoding {
  readonly #decoder: Decoder;
  readonly #scrubber: BodyScrubber;
  #out: Buffer[] = [];
  #outBytes = 0;

  constructor(coding: Coding, needles: Needles, contentType: string | undefined) {
    this.#scrubber = new BodyScrubber(needles, contentType);
    this.#decoder = new Decoder(coding, (piece) => this.#put(this.#scrubber.push(piece)));
  }

  get masked(): number {
    return this.#scrubber.masked;
  }

  async feed(chunk: Buffer): Promise<Buffer> {
    await this.#decoder.feed(chunk);
    return this.#taken();
  }

  async finish(): Promise<Buffer> {
    await this.#decoder.finish();
    this.#put(this.#scrubber.end());
    return this.#taken();
  }

  close(): void {
    this.#decoder.close();
    this.#out = [];
  }

  #put(bytes: Buffer): void {
    this.#outBytes += bytes.length;
    if (this.#outBytes > mostAtOnce) throw brokenCoding('masked');
    this.#out.push(bytes);
  }

  #taken(): Buffer {
    const taken = Buffer.concat(this.#out);
    this.#out = [];
    this.#outBytes = 0;
    return taken;
  }
}
