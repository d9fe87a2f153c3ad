/**
 * What of a request an entry writes, as a path from the outside in: `header/cookie` has `header/cookie/d` within it. Names are given as
 * servers read them, so that two spellings of one place are one slot.
 */
export function slot(...names: readonly string[]): string {
  return names.map((name) => name.replaceAll('%', '%25').replaceAll('/', '%2F')).join('/');
}

/** Whether what is written to the one is lost when the other is written. */
export function overlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
