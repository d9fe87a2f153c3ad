import { Refusal } from '../core/refusal.js';

/** Bytes of request bodies that are in memory at once, in all of the process. No client takes more than half: the others go on. */
export class HeldBytes {
  /** What is held already stays, whatever becomes of it. */
  limit: number;
  readonly #byClient = new Map<string, number>();
  #held = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Throws `overloaded` where there is no room. */
  take(client: string, bytes: number): void {
    const own = (this.#byClient.get(client) ?? 0) + bytes;
    if (own > this.limit / 2 || this.#held + bytes > this.limit) throw new Refusal('overloaded');
    this.#byClient.set(client, own);
    this.#held += bytes;
  }

  give(client: string, bytes: number): void {
    const rest = (this.#byClient.get(client) ?? 0) - bytes;
    if (rest > 0) this.#byClient.set(client, rest);
    else this.#byClient.delete(client);
    this.#held -= bytes;
  }
}
