/**
 * Finds every one of a set of byte strings in one pass (Aho and Corasick, 1975). A state stands for the longest end of what
 * was read that begins one of the strings; state 0 is 'nothing begun'. Reading n bytes costs at most 2n moves, whatever they are.
 */
export class Automaton {
  /** How many bytes of a string are matched in a state. */
  readonly depth: Int32Array;
  /** How many bytes of the longest string that may go on from a state are matched in it: less than the depth where one ends. */
  readonly open: Int32Array;
  /** Length of the longest string that ends in a state, or 0. */
  readonly found: Int32Array;
  readonly #label: Uint8Array;
  readonly #parent: Int32Array;
  readonly #child: Int32Array;
  readonly #sibling: Int32Array;
  readonly #fallback: Int32Array;
  readonly #fromRoot = new Int32Array(256);

  constructor(strings: readonly Uint8Array[]) {
    const room = 1 + strings.reduce((sum, string) => sum + string.length, 0);
    this.depth = new Int32Array(room);
    this.open = new Int32Array(room);
    this.found = new Int32Array(room);
    this.#label = new Uint8Array(room);
    this.#parent = new Int32Array(room);
    this.#child = new Int32Array(room);
    this.#sibling = new Int32Array(room);
    this.#fallback = new Int32Array(room);
    let states = 1;
    for (const string of strings) states = this.#insert(string, states);
    this.#link(states);
  }

  step(state: number, byte: number): number {
    let from = state;
    while (from !== 0) {
      const to = this.#childOf(from, byte);
      if (to !== 0) return to;
      from = this.#fallback[from] as number;
    }
    return this.#fromRoot[byte] as number;
  }

  /** The last bytes of what a state stands for. */
  ending(state: number, count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    let from = state;
    for (let i = count - 1; i >= 0; i -= 1) {
      bytes[i] = this.#label[from] as number;
      from = this.#parent[from] as number;
    }
    return bytes;
  }

  #insert(string: Uint8Array, states: number): number {
    let state = 0;
    let next = states;
    for (const byte of string) {
      let to = state === 0 ? (this.#fromRoot[byte] as number) : this.#childOf(state, byte);
      if (to === 0) {
        to = next++;
        this.#label[to] = byte;
        this.#parent[to] = state;
        this.depth[to] = (this.depth[state] as number) + 1;
        this.#sibling[to] = this.#child[state] as number;
        this.#child[state] = to;
        if (state === 0) this.#fromRoot[byte] = to;
      }
      state = to;
    }
    this.found[state] = string.length;
    return next;
  }

  /** Breadth first, so that a state's fallback, which is shallower, is complete before the state is. */
  #link(states: number): void {
    const queue = new Int32Array(states);
    let filled = 1;
    for (let taken = 0; taken < filled; taken += 1) {
      const state = queue[taken] as number;
      for (let to = this.#child[state] as number; to !== 0; to = this.#sibling[to] as number) {
        queue[filled++] = to;
        const fallback = state === 0 ? 0 : this.step(this.#fallback[state] as number, this.#label[to] as number);
        this.#fallback[to] = fallback;
        this.open[to] = (this.#child[to] === 0 ? this.open[fallback] : this.depth[to]) as number;
        if (this.found[to] === 0) this.found[to] = this.found[fallback] as number;
      }
    }
  }

  #childOf(state: number, byte: number): number {
    let to = this.#child[state] as number;
    while (to !== 0 && this.#label[to] !== byte) to = this.#sibling[to] as number;
    return to;
  }
}
