import { entityCharacters } from './entities.js';
import { ampersand, backslash, beginsEscape, percent, shortEscapes, unfinished, type Escape } from './escapes.js';

/**
 * Which escapes can be part of one of the forms. In ordinary text nearly none can (`\n`, `\"`, `&amp;`, `%20`):
 * this tells so by the two bytes they begin with, or by what they decode to and what follows.
 */
export class EscapeTable {
  /** Bytes of the shortest form: no spelling of one is shorter. */
  readonly shortest: number;
  /** 1 for each byte that can be part of a spelling of a form. */
  readonly alphabet = new Uint8Array(256);
  /** For each of the three leads, told apart by its lowest two bits: the bytes that may come second. */
  readonly #second = new Uint8Array(4 * 256);
  /** A bit for each two bytes that follow one another in a form. */
  readonly #pairs = new Int32Array(2 ** 11);
  readonly #last = new Uint8Array(256);

  constructor(forms: readonly Uint8Array[]) {
    this.shortest = forms.reduce((least, form) => Math.min(least, form.length), Infinity);
    const used = new Uint8Array(256);
    for (const form of forms) {
      this.#last[form[form.length - 1] as number] = 1;
      for (let i = 0; i < form.length; i += 1) {
        used[form[i] as number] = 1;
        if (i === 0) continue;
        const pair = pairOf(form[i - 1] as number, form[i] as number);
        (this.#pairs[pair >>> 5] as number) |= 1 << pair;
      }
    }
    this.alphabet.set(used);
    for (const byte of escapeAlphabet) this.alphabet[byte] = 1;
    this.#allow(backslash, 'u');
    this.#allow(ampersand, '#');
    used.forEach((is, byte) => {
      if (is === 0) return;
      const digit = (byte >> 4).toString(16);
      this.#allow(percent, digit + digit.toUpperCase());
    });
    for (const [letter, byte] of Object.entries(shortEscapes)) {
      if (used[byte] === 1) this.#allow(backslash, String.fromCharCode(Number(letter)));
    }
    for (const [name, byte] of entityCharacters) if (used[byte] === 1) this.#allow(ampersand, name.charAt(0));
  }

  /** Whether the byte at a position begins an escape that may matter, by the next byte. */
  mayBegin(bytes: Uint8Array, at: number): boolean {
    const lead = bytes[at] as number;
    if (!beginsEscape(lead)) return false;
    return at + 1 >= bytes.length || this.#second[((lead & 3) << 8) | (bytes[at + 1] as number)] === 1;
  }

  /** Whether a form can go over this escape. */
  mayMatch(bytes: Uint8Array, at: number, escape: Escape): boolean {
    if (escape === unfinished) return true;
    const final = escape.decoded[escape.decoded.length - 1] as number;
    const next = bytes[at + escape.length];
    if (next === undefined || this.#last[final] === 1 || beginsEscape(next)) return true;
    const pair = pairOf(final, next);
    return ((this.#pairs[pair >>> 5] as number) & (1 << pair)) !== 0;
  }

  #allow(lead: number, second: string): void {
    for (const character of second) this.#second[((lead & 3) << 8) | character.charCodeAt(0)] = 1;
  }
}

/** What escapes are made of; `\"` and `\/` matter only where a form has `"` or `/`. */
const escapeAlphabet = Buffer.from('%&\\#;0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');

function pairOf(first: number, second: number): number {
  return (first << 8) | second;
}
