import { Candidates } from "../../src/llama/candidates.js";
import type { Sampler } from "../../src/llama/sampler.js";

/** Candidates 0, 1, 2 … with these probabilities: their logits are the logarithms. */
export function withProbabilities(...probabilities: readonly number[]): Candidates {
  return Candidates.fromLogits(probabilities.map((probability) => Math.log(probability)));
}

/** The tokens that a sampler leaves, of those with these probabilities; a logit of -Infinity counts as gone. */
export function leftBy(sampler: Sampler, ...probabilities: readonly number[]): number[] {
  const candidates = withProbabilities(...probabilities);
  sampler.apply(candidates);
  return [...candidates.ids].filter((_, index) => candidates.logit(index) !== -Infinity).sort((a, b) => a - b);
}

/** The logits after a sampler, by token. */
export function logitsAfter(sampler: Sampler, ...logits: readonly number[]): number[] {
  const candidates = Candidates.fromLogits(logits);
  sampler.apply(candidates);
  const byToken = new Map([...candidates.ids].map((id, index) => [id, candidates.logit(index)]));
  return logits.map((_, token) => byToken.get(token) ?? Number.NaN);
}

/** How often each token is selected in `draws` draws. */
export function frequencies(sampler: Sampler, draws: number, ...probabilities: readonly number[]): number[] {
  const counts = probabilities.map(() => 0);
  for (let draw = 0; draw < draws; draw++) {
    const candidates = withProbabilities(...probabilities);
    sampler.apply(candidates);
    const token = candidates.selectedToken;
    if (token !== undefined) counts[token] = (counts[token] ?? 0) + 1 / draws;
  }
  return counts;
}

/** Whether numbers are equal but for single precision. */
export function near(actual: readonly number[], expected: readonly number[], tolerance = 1e-5): boolean {
  return (
    actual.length === expected.length &&
    actual.every(
      (value, index) => value === expected[index] || Math.abs(value - (expected[index] ?? Number.NaN)) <= tolerance,
    )
  );
}
