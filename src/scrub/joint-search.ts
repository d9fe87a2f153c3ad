import { mergeRanges } from './ranges.js';
import type { Finder, Found } from './search.js';

/** Two searches that find what one for the forms of both would: what they come upon overlaps, and goes on, as if it were one's. */
export class JointSearch implements Finder {
  readonly forms: readonly Buffer[];
  readonly #one: Finder;
  readonly #other: Finder;

  constructor(one: Finder, other: Finder) {
    this.forms = [...one.forms, ...other.forms];
    this.#one = one;
    this.#other = other;
  }

  find(bytes: Buffer): Found {
    const one = this.#one.find(bytes);
    const other = this.#other.find(bytes);
    return {
      ranges: mergeRanges(one.ranges, other.ranges),
      open: Math.min(one.open, other.open),
      edge: Math.min(one.edge, other.edge),
    };
  }
}
