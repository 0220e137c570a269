import assert from "node:assert/strict";
import type { GenerationChunk } from "../../src/engine/protocol.js";

/**
 * Which kernel computes a token depends on how many are computed with it, and sums in another order differ in their last
 * bits; through the layers that grows to some thousandths of a logit. Where the two likeliest tokens are closer than
 * this, either may come, and after that the texts are different ones.
 */
const TIE = 0.02;

/** An answer whose request asked for `logprobs: 2` or more. */
export interface Answer {
  readonly chunks: readonly GenerationChunk[];
}

/** Asserts that two greedy answers are the same, up to a step at which the likeliest tokens are as good as equal. */
export function assertSame(actual: Answer, expected: Answer, what: string): void {
  const [ours, theirs] = [actual, expected].map(({ chunks }) => chunks.flatMap(({ logprobs = [] }) => logprobs));
  assert.ok(ours !== undefined && theirs !== undefined);
  assert.ok(ours.length > 0, `${what}: logprobs were not asked for`);
  const at = ours.findIndex(({ token }, index) => token !== theirs[index]?.token);
  if (at < 0) {
    assert.equal(ours.length, theirs.length, `${what}: the lengths differ`);
    return;
  }
  const [first, second] = theirs[at]?.alternatives ?? [];
  const gap = (first?.logprob ?? 0) - (second?.logprob ?? -Infinity);
  assert.ok(gap < TIE, `${what}: token ${at} differs, though the likeliest are ${gap} apart`);
  const alternatives = [first?.token, second?.token];
  assert.ok(alternatives.includes(ours[at]?.token), `${what}: token ${at} is none of the likeliest`);
}
