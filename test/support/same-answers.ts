import assert from "node:assert/strict";
import type { GenerationChunk } from "../../src/engine/protocol.js";

/**
 * Which kernel computes a token depends on how many are computed with it. In floating point they add up in another order,
 * and through the layers that grows to some thousandths of a logit; with quantized weights they also round the activations
 * differently, and SmolLM2's log-probabilities (Q4_1) of the two likeliest tokens were seen to differ by up to 0.16 on a
 * processor with AMX and 0.40 on one with AVX2 alone. Where these two are closer than twice that, either may come, and
 * after that the texts are different ones.
 */
export const TIES = { float: 0.02, quantized: 0.8 } as const;

/** An answer whose request asked for `logprobs: 2` or more. */
export interface Answer {
  readonly chunks: readonly GenerationChunk[];
}

/** Asserts that two greedy answers are the same, up to a step at which the likeliest tokens are as good as equal. */
export function assertSame(actual: Answer, expected: Answer, what: string, tie: number = TIES.float): void {
  const [ours, theirs] = [actual, expected].map(({ chunks }) => chunks.flatMap(({ logprobs = [] }) => logprobs));
  assert.ok(ours !== undefined && theirs !== undefined);
  assert.ok(ours.length > 0, `${what}: logprobs were not asked for`);
  const at = ours.findIndex(({ token }, index) => token !== theirs[index]?.token);
  if (at < 0) {
    assert.equal(ours.length, theirs.length, `${what}: the lengths differ`);
    return;
  }
  const { alternatives = [] } = theirs[at] ?? {};
  const came = alternatives.find(({ token }) => token === ours[at]?.token);
  const gap = (alternatives[0]?.logprob ?? 0) - (came?.logprob ?? -Infinity);
  assert.ok(gap < tie, `${what}: token ${at} differs, and was ${gap} less likely`);
}
