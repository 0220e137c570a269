import assert from "node:assert/strict";
import { test } from "node:test";
import { Candidates } from "../../src/llama/candidates.js";
import { Sampler } from "../../src/llama/sampler.js";
import { leftBy, withProbabilities } from "../support/candidates.js";

test("topK keeps the k most likely, in order", () => {
  const candidates = withProbabilities(0.1, 0.4, 0.2, 0.3);
  Sampler.topK(2).apply(candidates);
  assert.deepEqual([...candidates.ids], [1, 3]);
  assert.equal(candidates.sorted, true);
});

test("topK of 0, or of more than there are, keeps all", () => {
  assert.deepEqual(leftBy(Sampler.topK(0), 0.5, 0.3, 0.2), [0, 1, 2]);
  assert.deepEqual(leftBy(Sampler.topK(99), 0.5, 0.3, 0.2), [0, 1, 2]);
  assert.equal(Sampler.topK(0).name, "?top-k");
});

test("topK is right for many candidates, where llama.cpp sorts by buckets", () => {
  const logits = Float32Array.from({ length: 5000 }, (_, token) => ((token * 7919) % 5000) / 250 - 10);
  const candidates = Candidates.fromLogits(logits);
  Sampler.topK(300).apply(candidates);
  const expected = [...logits.keys()].sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0)).slice(0, 300);
  assert.deepEqual([...candidates.ids], expected);
});

test("topP keeps the fewest that reach p together", () => {
  // 0.5 + 0.25 = 0.75 reaches 0.7; 0.5 alone does not.
  assert.deepEqual(leftBy(Sampler.topP(0.7), 0.125, 0.5, 0.25, 0.125), [1, 2]);
  // 0.5 reaches 0.4 by itself, but two are to be kept.
  assert.deepEqual(leftBy(Sampler.topP(0.4), 0.125, 0.5, 0.25, 0.125), [1]);
  assert.deepEqual(leftBy(Sampler.topP(0.4, 2), 0.125, 0.5, 0.25, 0.125), [1, 2]);
  assert.deepEqual(leftBy(Sampler.topP(1), 0.125, 0.5, 0.25, 0.125), [0, 1, 2, 3]);
});

test("minP keeps what is at least p times as likely as the likeliest", () => {
  // The likeliest is 0.5, so 0.3 asks for 0.15.
  assert.deepEqual(leftBy(Sampler.minP(0.3), 0.1, 0.5, 0.2, 0.2), [1, 2, 3]);
  // 0.9 asks for 0.45.
  assert.deepEqual(leftBy(Sampler.minP(0.9), 0.1, 0.5, 0.2, 0.2), [1]);
  assert.deepEqual(leftBy(Sampler.minP(0.9, 3), 0.1, 0.5, 0.3, 0.25).length, 3);
  assert.deepEqual(leftBy(Sampler.minP(0), 0.1, 0.5, 0.2, 0.2), [0, 1, 2, 3]);
});

test("typical keeps what surprises as much as is to be expected", () => {
  // Entropy of (0.5, 0.25, 0.125, 0.125): 0.5·1 + 0.25·2 + 2·0.125·3 = 1.75 bit. Surprises: 1, 2, 3, 3 bit.
  // Distances: 0.75, 0.25, 1.25, 1.25. So token 1 first (0.25 > 0.2 ends), then token 0 (0.75 > 0.7 ends).
  assert.deepEqual(leftBy(Sampler.typical(0.2), 0.5, 0.25, 0.125, 0.125), [1]);
  assert.deepEqual(leftBy(Sampler.typical(0.7), 0.5, 0.25, 0.125, 0.125), [0, 1]);
  assert.deepEqual(leftBy(Sampler.typical(0.2, 2), 0.5, 0.25, 0.125, 0.125), [0, 1]);
  assert.deepEqual(leftBy(Sampler.typical(1), 0.5, 0.25, 0.125, 0.125), [0, 1, 2, 3]);
});

test("topNSigma rules out what lies more than n deviations below the greatest", () => {
  // Logits 4, 2, 0, -2: mean 1, deviations 3, 1, -1, -3, variance (9+1+1+9)/4 = 5, sigma 2.236.
  // n = 1 keeps what is at least 4 - 2.236 = 1.764; n = 2 at least -0.472.
  const left = (n: number): number[] => {
    const candidates = Candidates.fromLogits([4, 2, 0, -2]);
    Sampler.topNSigma(n).apply(candidates);
    return [...candidates.ids].filter((_, index) => candidates.logit(index) !== -Infinity);
  };
  assert.deepEqual(left(1), [0, 1]);
  assert.deepEqual(left(2), [0, 1, 2]);
  assert.deepEqual(left(0), [0, 1, 2, 3]);
});

test("xtc removes all but the least likely of those above the threshold", () => {
  // Above 0.2 are 0.4 and 0.3 (and 0.25): 0.25 stays.
  assert.deepEqual(leftBy(Sampler.xtc({ probability: 1, threshold: 0.2, seed: 1 }), 0.4, 0.3, 0.25, 0.05), [2, 3]);
  // Only one is above 0.35: nothing to remove.
  assert.deepEqual(
    leftBy(Sampler.xtc({ probability: 1, threshold: 0.35, seed: 1 }), 0.4, 0.3, 0.25, 0.05),
    [0, 1, 2, 3],
  );
  assert.deepEqual(leftBy(Sampler.xtc({ probability: 0, threshold: 0.2 }), 0.4, 0.3, 0.25, 0.05), [0, 1, 2, 3]);
  assert.deepEqual(
    leftBy(Sampler.xtc({ probability: 1, threshold: 0.2, minKeep: 3, seed: 1 }), 0.4, 0.3, 0.25, 0.05),
    [0, 1, 2, 3],
  );
});

test("xtc acts with its probability", () => {
  const sampler = Sampler.xtc({ probability: 0.25, threshold: 0.2, seed: 7 });
  const acted =
    Array.from({ length: 4000 }, () => leftBy(sampler, 0.4, 0.3, 0.25, 0.05).length).filter((left) => left === 2)
      .length / 4000;
  // Standard deviation sqrt(0.25 · 0.75 / 4000) = 0.0068; five of them.
  assert.ok(Math.abs(acted - 0.25) < 0.035, `${acted}`);
});
