/** Whether tokens that were left out can have no part in the choice: then the chain need not see them. */

/** How a chain cuts off the unlikely tokens, in this order, before anything else changes their logits. */
export interface CutOff {
  /** Tokens kept; 0 for all. */
  readonly topK: number;
  /** Probability kept; 1 for all. */
  readonly topP: number;
  /** Least share of the greatest probability; 0 for any. */
  readonly minP: number;
}

/**
 * Whether the chain would choose from the same tokens, had it also been given others.
 *
 * @param logits those that it is given, in any order
 * @param bound no other logit is greater
 * @param others how many others there are
 */
export function isSettled(
  logits: readonly number[],
  bound: number,
  others: number,
  { topK, topP, minP }: CutOff,
): boolean {
  if (logits.length === 0) return false;
  const sorted = logits.toSorted((a, b) => b - a);
  const kept = topK > 0 ? sorted.slice(0, topK) : sorted;
  const more = topK > 0 ? Math.min(others, topK - kept.length) : others;
  if (more === 0) return true;
  const greatest = kept[0] ?? 0;
  const weights = kept.map((logit) => Math.exp(logit - greatest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const outside = Math.exp(bound - greatest);
  // At most this the others would add to the sum; what topP keeps grows with it.
  const most = countKept(weights, sum + more * outside, topP, minP);
  const least = countKept(weights, sum, topP, minP);
  const reachOthers = most === weights.length && outside >= minP && topP * (sum + more * outside) > sum;
  return least === most && !reachOthers;
}

/** How many of the sorted weights are left after topP and minP. */
function countKept(weights: readonly number[], sum: number, topP: number, minP: number): number {
  let cumulated = 0;
  let count = 0;
  for (const weight of weights) {
    if (count > 0 && (cumulated >= topP * sum || weight < minP)) return count;
    cumulated += weight;
    count++;
  }
  return count;
}
