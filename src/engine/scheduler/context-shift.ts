import type { Context } from "../../llama/index.js";
import type { Generation } from "./generation.js";
import type { SequenceCache } from "./sequence-cache.js";

/**
 * Makes room in a full context: forgets half of the tokens behind the first ones that the request keeps, and moves the
 * others up. Where the memory cannot move them, or other sequences share them, they are computed again.
 */
export function shiftContext(generation: Generation, cache: SequenceCache, context: Context): void {
  const { tokens, sequence } = generation;
  const keep = keptTokens(generation, context.limits.contextSizePerSequence);
  const from = keep + Math.max(1, Math.floor((tokens.length - keep) / 2));
  tokens.remove(keep, from);
  if (sequence === undefined) return;
  const moves = !cache.wholeOnly && context.memory.canShift && sequence.shared <= from;
  if (!moves || !context.memory.remove(sequence.id, { from: keep, to: from })) {
    if (!cache.truncate(sequence, keep)) cache.truncate(sequence, 0);
    return;
  }
  context.memory.shift(sequence.id, { from }, keep - from);
  sequence.tokens.remove(keep, from);
  sequence.shared = Math.min(sequence.shared, keep);
  sequence.exact = Math.min(sequence.exact, keep);
}

function keptTokens({ request, prompt, tokens }: Generation, capacity: number): number {
  const wanted = request.keepTokens ?? Math.min(prompt.length, Math.floor(capacity / 2));
  return Math.min(wanted, tokens.length - 2, capacity - 2);
}
