/** The known word that was most likely meant, or undefined where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const plain = normal(word);
  const most = Math.max(1, Math.floor(plain.length / 3));
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(plain, normal(candidate), most);
    if (distance <= most && distance < plain.length && (best === undefined || distance < best.distance))
      best = { candidate, distance };
  }
  return best?.candidate ?? known.find((candidate) => isBeginning(plain, normal(candidate)));
}

/** `app` for `approle`: so far from it that no other slip leads there. */
function isBeginning(word: string, candidate: string): boolean {
  return word.length >= 3 && candidate.startsWith(word);
}

function normal(word: string): string {
  return word
    .slice(0, 64)
    .toLowerCase()
    .replaceAll(/[-_\s]/g, '');
}

/** Levenshtein's distance, where two neighbours that changed places count as one; by rows, as the words are short. */
function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isTurned = j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const turned = isTurned ? (before[j - 2] as number) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(replaced, turned, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] as number;
}
