import { beginsEscape, longestEscape, readEscape } from './escapes.js';

/**
 * Where a text begins that is known to end at `end`, each byte of it plain or as part of an escape.
 * Where several beginnings are possible, the earliest: all that may stand for the text is to be masked.
 */
export function beginningOf(text: Uint8Array, bytes: Uint8Array, end: number): number {
  /** For each number of bytes of the text that are left to read backwards: where that can be. */
  const places: number[][] = Array.from({ length: text.length + 1 }, () => []);
  places[text.length] = [end];
  for (let left = text.length; left > 0; left -= 1) {
    for (const place of places[left] as number[]) {
      if (bytes[place - 1] === text[left - 1]) add(places[left - 1], place - 1);
      for (let lead = place - 2; lead >= Math.max(0, place - longestEscape); lead -= 1) {
        const escape = beginsEscape(bytes[lead] as number) ? readEscape(bytes, lead) : undefined;
        if (escape === undefined || lead + escape.length !== place) continue;
        const before = left - escape.decoded.length;
        if (escape.decoded.every((byte, i) => text[before + i] === byte)) add(places[before], lead);
      }
    }
  }
  const [first = end, ...others] = places[0] ?? [];
  return Math.min(first, ...others);
}

function add(places: number[] | undefined, place: number): void {
  if (places?.includes(place) === false) places.push(place);
}
