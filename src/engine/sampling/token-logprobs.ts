import type { FloatView } from "../../llama/index.js";

/** A token and the natural logarithm of its probability. */
export interface TokenLogprob {
  readonly token: number;
  readonly logprob: number;
}

/** A chosen token's probability, before any sampler changed it, and its likeliest alternatives, itself among them. */
export interface TokenLogprobs extends TokenLogprob {
  /** The likeliest first. */
  readonly alternatives: readonly TokenLogprob[];
}

/** The log-probability of a token, and of the `count` likeliest ones, from the logits of the whole vocabulary. */
export function logprobsOf(logits: FloatView, token: number, count: number): TokenLogprobs {
  const values = logits.toFloat32Array();
  const norm = logSumExp(values);
  const alternatives = largest(values, count).map((id) => ({ token: id, logprob: (values[id] ?? Number.NaN) - norm }));
  return { token, logprob: (values[token] ?? Number.NaN) - norm, alternatives };
}

function logSumExp(values: Float32Array): number {
  let max = -Infinity;
  for (const value of values) if (value > max) max = value;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - max);
  return max + Math.log(sum);
}

/** The indices of the `count` largest values, the largest first; of equal ones, the first. */
function largest(values: Float32Array, count: number): number[] {
  const best: number[] = [];
  if (count === 0) return best;
  let least = -Infinity;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? -Infinity;
    if (best.length === count && value <= least) continue;
    let at = best.length;
    while (at > 0 && (values[best[at - 1] ?? 0] ?? -Infinity) < value) at--;
    best.splice(at, 0, index);
    if (best.length > count) best.pop();
    least = values[best.at(-1) ?? 0] ?? -Infinity;
  }
  return best;
}
