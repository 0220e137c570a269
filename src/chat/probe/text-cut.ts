/** Compares rendered texts piece by piece. */
import { piecesOf } from "../pieces.js";

/** Stands for a number that counts calls. */
export const COUNTER = "\uE003";

/** What both begin with, in whole tags. */
export function commonStart(one: string, other: string): string {
  const [left, right] = [piecesOf(one), piecesOf(other)];
  let count = 0;
  while (count < left.length && left[count] === right[count]) count++;
  return left.slice(0, count).join("");
}

/** What both end with, in whole tags. */
export function commonEnd(one: string, other: string): string {
  const [left, right] = [piecesOf(one).toReversed(), piecesOf(other).toReversed()];
  let count = 0;
  while (count < left.length && left[count] === right[count]) count++;
  return left.slice(0, count).toReversed().join("");
}

/** What both end with, where numbers may differ: those that do are counters. */
export function commonEndCounting(one: string, other: string): { readonly shared: string; readonly length: number } {
  const [left, right] = [piecesOf(one).toReversed(), piecesOf(other).toReversed()];
  const shared: string[] = [];
  let length = 0;
  for (const [index, piece] of left.entries()) {
    const opposite = right[index];
    const counts = opposite !== undefined && /^\d+$/.test(piece) && /^\d+$/.test(opposite);
    if (piece !== opposite && !counts) break;
    shared.push(piece === opposite ? piece : COUNTER);
    length += piece.length;
  }
  return { shared: shared.toReversed().join(""), length };
}
