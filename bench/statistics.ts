/** The middle value, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** The value below which a `share` (0 to 1) of the values lie, by the nearest rank; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** A row of a table: a rival, ours, the median ratio of the rounds, and whether that is what we want. */
export function compare(
  title: string,
  rates: readonly { rival: number; ours: number }[],
  target: number,
  lowerIsBetter = false,
): (string | number)[] {
  const ratio = median(rates.map(({ rival, ours }) => ours / rival));
  const rival = median(rates.map((rate) => rate.rival));
  const ours = median(rates.map((rate) => rate.ours));
  const reached = lowerIsBetter ? ratio <= target : ratio >= target;
  return [title, rival, ours, ratio, reached ? "reached" : "missed"];
}
