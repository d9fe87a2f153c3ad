/** Half-open ranges of byte positions, flat: `[start, end, start, end, …]`, in order and never overlapping. */
export type Ranges = number[];

/**
 * Adds a range that ends after all those added earlier, or overlaps the last of them.
 * Ranges that overlap become one, ranges that touch stay two.
 */
export function addRange(ranges: Ranges, start: number, end: number): void {
  let from = start;
  let to = end;
  while (ranges.length > 0 && (ranges[ranges.length - 1] as number) > from) {
    to = Math.max(to, ranges.pop() as number);
    from = Math.min(from, ranges.pop() as number);
  }
  ranges.push(from, to);
}

export function mergeRanges(one: Ranges, other: Ranges): Ranges {
  if (one.length === 0) return other;
  if (other.length === 0) return one;
  const merged: Ranges = [];
  let i = 0;
  let j = 0;
  while (i < one.length || j < other.length) {
    const fromOne = j >= other.length || (i < one.length && (one[i + 1] as number) <= (other[j + 1] as number));
    const source = fromOne ? one : other;
    const at = fromOne ? i : j;
    addRange(merged, source[at] as number, source[at + 1] as number);
    if (fromOne) i += 2;
    else j += 2;
  }
  return merged;
}

const asterisk = 0x2a;

/** Overwrites the ranges with `*`, as far as the bytes go. */
export function maskRanges(bytes: Buffer, ranges: Ranges): void {
  for (let i = 0; i < ranges.length; i += 2) {
    const start = ranges[i] as number;
    if (start < bytes.length) bytes.fill(asterisk, start, Math.min(ranges[i + 1] as number, bytes.length));
  }
}
