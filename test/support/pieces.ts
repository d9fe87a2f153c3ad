/** A small seeded generator (mulberry32): the same seed, the same numbers, on every Node. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, but not, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
}

/** How bytes are cut on their way: as one piece, each byte by itself, or at places that a seed decides. */
export type Split = 'one piece' | 'byte by byte' | { readonly seed: number };

export function nameOf(split: Split): string {
  return typeof split === 'string' ? split : `split with seed ${split.seed}`;
}

export function piecesOf(bytes: string, split: Split): string[] {
  if (split === 'one piece') return [bytes];
  if (split === 'byte by byte') return Array.from(bytes);
  return randomPieces(bytes, new Random(split.seed), 6);
}

/** At most `most` pieces, none of them empty. */
export function randomPieces(bytes: string, random: Random, most: number): string[] {
  const cuts = new Set(Array.from({ length: random.below(most) }, () => 1 + random.below(bytes.length)));
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  return places
    .slice(1)
    .map((end, i) => bytes.slice(places[i], end))
    .filter((piece) => piece !== '');
}
