import { Automaton } from './automaton.js';
import { EscapeFinder } from './escape-finder.js';
import { EscapeTable } from './escape-table.js';
import { readEscape } from './escapes.js';
import { addRange, mergeRanges, type Ranges } from './ranges.js';
import { Readings } from './readings.js';
import { Samples } from './samples.js';

/** What a search of some bytes came upon. */
export interface Found {
  /** Every occurrence of a form, in whatever spelling. */
  readonly ranges: Ranges;
  /** Where the earliest occurrence begins that may go on after these bytes; their number where there is none. */
  readonly open: number;
  /** The same, of those that have come to at least `edge` bytes of their form. */
  readonly edge: number;
}

/** A cut form is recognised at the edge of a byte range from so many bytes on. */
export const edge = 6;

/** What finds forms among bytes. */
export interface Finder {
  readonly forms: readonly Buffer[];
  find(bytes: Buffer): Found;
}

/** Compiled forms: finds each as it stands, and in every mix of escapes. The work is linear in the bytes. */
export class Search implements Finder {
  readonly forms: readonly Buffer[];
  readonly automaton: Automaton;
  readonly #samples: Samples;
  readonly #longest: number;
  readonly #escapes: EscapeTable;

  /** Forms of at least 8 bytes, at least one. */
  constructor(forms: readonly Buffer[]) {
    this.forms = forms;
    this.automaton = new Automaton(forms);
    this.#samples = new Samples(forms);
    this.#longest = forms.reduce((most, form) => Math.max(most, form.length), 0);
    this.#escapes = new EscapeTable(forms);
  }

  find(bytes: Buffer): Found {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const plain: Ranges = [];
    const begun = this.#findPlain(bytes, view, plain);
    const open = bytes.length - begun;
    const readings = this.#findEscaped(bytes);
    if (readings === undefined) return { ranges: plain, open, edge: begun < edge ? bytes.length : open };
    return {
      ranges: mergeRanges(plain, readings.ranges),
      open: Math.min(open, readings.open),
      edge: Math.min(begun < edge ? bytes.length : open, readings.openEnough),
    };
  }

  /** Forms as they stand. Returns how many bytes at the end begin one. */
  #findPlain(bytes: Buffer, view: DataView, ranges: Ranges): number {
    const samples = this.#samples;
    const { depth } = this.automaton;
    let at = 0;
    let state = 0;
    const read = (from: number, sample: number): void => {
      if (from > at) {
        at = from;
        state = 0;
      }
      // On until all that was begun up to the sample is found or has failed: what begins later covers a later sample.
      while (at < bytes.length && at - (depth[state] as number) <= sample) {
        state = this.automaton.step(state, bytes[at] as number);
        at += 1;
        const found = this.automaton.found[state] as number;
        if (found > 0) addRange(ranges, at - found, at);
      }
    };
    let sample = samples.next(view, 0);
    while (sample >= 0) {
      read(sample - samples.stride + 1, sample);
      sample = samples.next(view, sample + samples.stride);
    }
    read(samples.last(bytes.length) + 1, bytes.length);
    return this.automaton.open[state] as number;
  }

  /** Forms with at least one escape in them. */
  #findEscaped(bytes: Buffer): Readings | undefined {
    const finder = new EscapeFinder(bytes, this.#escapes);
    let readings: Readings | undefined;
    let done = 0;
    let at = finder.next(0);
    while (at < bytes.length) {
      const escape = readEscape(bytes, at);
      if (escape === undefined || !this.#escapes.mayMatch(bytes, at, escape)) {
        at = finder.next(at + 1);
        continue;
      }
      readings ??= new Readings(this.automaton, bytes, edge);
      // Before the first escape of a match all its bytes are plain.
      done = readings.follow(Math.max(done, at - this.#longest + 1), at + Math.max(escape.length, 1));
      at = finder.next(Math.max(done, at + 1));
    }
    return readings;
  }
}
