/** The middle value; of an even number, the mean of the two in the middle. NaN for none. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What is told of one figure over all runs, or null where no run has it. */
export function summarize(values) {
  const known = values.filter((value) => Number.isFinite(value));
  if (known.length === 0) return null;
  return { median: median(known), least: Math.min(...known), most: Math.max(...known), runs: known.length };
}
