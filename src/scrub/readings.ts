import type { Automaton } from './automaton.js';
import { beginsEscape, readEscape, unfinished } from './escapes.js';
import { addRange, type Ranges } from './ranges.js';
import { beginningOf } from './spelled.js';

/** Positions ahead to which an escape can lead: the longest, rounded up to a power of two. */
const ring = 16;

/**
 * Follows every reading of a stretch of bytes at once: each escape stands for itself and for what it decodes to. So a form
 * is found whatever stands before it (`%` before a secret that begins with hex digits, a `\` that is no escape).
 * A reading is the state it has come to. One that has begun nothing is part of any other: there are rarely more than two.
 */
export class Readings {
  readonly ranges: Ranges = [];
  /** Where the earliest match begins that the end of the bytes cuts; their number where there is none. */
  open: number;
  /** The same, of matches with at least `enough` decoded bytes. */
  openEnough: number;
  readonly #automaton: Automaton;
  readonly #bytes: Buffer;
  readonly #enough: number;
  /** For each position ahead, the states in which something is begun: so many of the numbers there. */
  readonly #states: number[][] = Array.from({ length: ring }, () => [0]);
  readonly #count = new Int32Array(ring);

  constructor(automaton: Automaton, bytes: Buffer, enough: number) {
    this.#automaton = automaton;
    this.#bytes = bytes;
    this.#enough = enough;
    this.open = bytes.length;
    this.openEnough = bytes.length;
  }

  /** Reads from `from` at least to `least`, and on while anything is begun. Returns where it stopped. */
  follow(from: number, least: number): number {
    const bytes = this.#bytes;
    let reach = least;
    for (let at = from; at < bytes.length; at += 1) {
      const states = this.#states[at % ring] as number[];
      let count = this.#count[at % ring] as number;
      if (count === 0) {
        if (at >= reach) return at;
        states[0] = 0;
        count = 1;
      }
      const byte = bytes[at] as number;
      const escape = beginsEscape(byte) ? readEscape(bytes, at) : undefined;
      if (escape !== undefined) reach = Math.max(reach, at + escape.length);
      for (let i = 0; i < count; i += 1) {
        const state = states[i] as number;
        if (escape === unfinished) this.#cut(state, at);
        else if (escape !== undefined) this.#step(state, escape.decoded, at + escape.length);
        this.#place(this.#automaton.step(state, byte), at + 1);
      }
      this.#count[at % ring] = 0;
    }
    const place = bytes.length % ring;
    for (let i = 0; i < (this.#count[place] as number); i += 1)
      this.#cut(this.#states[place]?.[i] as number, bytes.length);
    return bytes.length;
  }

  #step(from: number, decoded: readonly number[], end: number): void {
    let state = from;
    for (const byte of decoded) state = this.#automaton.step(state, byte);
    this.#place(state, end);
  }

  #place(state: number, at: number): void {
    if (state === 0) return;
    const states = this.#states[at % ring] as number[];
    const count = this.#count[at % ring] as number;
    for (let i = 0; i < count; i += 1) if (states[i] === state) return;
    states[count] = state;
    this.#count[at % ring] = count + 1;
    const found = this.#automaton.found[state] as number;
    if (found > 0) addRange(this.ranges, this.#beginning(state, found, at), at);
  }

  #cut(state: number, at: number): void {
    const begun = this.#automaton.open[state] as number;
    const begin = this.#beginning(state, begun, at);
    this.open = Math.min(this.open, begin);
    if (begun >= this.#enough) this.openEnough = Math.min(this.openEnough, begin);
  }

  #beginning(state: number, count: number, end: number): number {
    return beginningOf(this.#automaton.ending(state, count), this.#bytes, end);
  }
}
