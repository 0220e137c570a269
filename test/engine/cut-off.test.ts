// Leaving tokens out must never change what a chain chooses from: random logits, against the chain itself.
import assert from "node:assert/strict";
import { it } from "node:test";
import { type CutOff, isSettled } from "../../src/engine/sampling/cut-off.js";
import { Candidates, Sampler } from "../../src/llama/index.js";
import { TinyRandom } from "../support/tiny-random.js";

function keptBy({ topK, topP, minP }: CutOff, logits: readonly number[]): number[] {
  const candidates = Candidates.fromLogits(logits);
  using chain = Sampler.chain();
  if (topK > 0) chain.topK(topK);
  if (topP < 1) chain.topP(topP);
  if (minP > 0) chain.minP(minP);
  chain.apply(candidates);
  const kept = Array.from(candidates.ids);
  return kept.filter((id) => (logits[id] ?? -Infinity) > -Infinity).toSorted((a, b) => a - b);
}

it("what is settled stays so, whatever the others are", () => {
  const random = new TinyRandom(5);
  let settled = 0;
  for (let round = 0; round < 4000; round++) {
    const cutOff = {
      topK: [0, 1, 5, 40][random.below(4)] ?? 0,
      topP: [0.5, 0.9, 0.95, 1][random.below(4)] ?? 1,
      minP: [0, 0.05, 0.3][random.below(3)] ?? 0,
    };
    const given = Array.from({ length: 1 + random.below(20) }, () => random.normal() * 6);
    const bound = Math.min(...given) - random.uniform() * 8;
    const others = Array.from({ length: random.below(60) }, () => bound - random.uniform() * 2);
    if (!isSettled(given, bound, others.length, cutOff)) continue;
    settled++;
    const alone = keptBy(cutOff, given);
    const together = keptBy(cutOff, [...given, ...others]);
    assert.deepEqual(together, alone, JSON.stringify({ round, cutOff, given, bound, others }));
  }
  assert.ok(settled > 500, `${settled} were settled`);
});

it("nothing is settled where nothing is allowed, or where others may be chosen", () => {
  const all = { topK: 0, topP: 1, minP: 0 };
  assert.equal(isSettled([], 0, 5, all), false);
  assert.equal(isSettled([5], 4, 5, all), false);
  assert.equal(isSettled([5], 4, 0, all), true);
  assert.equal(isSettled([5, 4], 3, 100, { topK: 2, topP: 1, minP: 0 }), true);
});
