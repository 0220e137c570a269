/** The middle value, or 0 of none. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value below which a `share` (0 to 1) of the values lie, by the nearest rank; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
