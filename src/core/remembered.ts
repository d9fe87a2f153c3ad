/** Callers and destinations of one kind all say the same few texts: what was worked out for one is kept, until there are too many. */
const mostKept = 64;

/** `work`, done once for each text that comes back. */
export function remembered<T extends object | boolean>(work: (text: string) => T): (text: string) => T {
  const kept = new Map<string, T>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const worked = work(text);
    if (kept.size >= mostKept) kept.clear();
    kept.set(text, worked);
    return worked;
  };
}
