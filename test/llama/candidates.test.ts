import assert from "node:assert/strict";
import { test } from "node:test";
import { Candidates } from "../../src/llama/candidates.js";
import { Sampler } from "../../src/llama/sampler.js";
import { near } from "../support/candidates.js";

test("candidates hold tokens, logits and probabilities in C's layout", () => {
  const candidates = Candidates.fromLogits([1, 3, 2], [7, 8, 9]);
  assert.equal(candidates.size, 3);
  assert.deepEqual([...candidates.ids], [7, 8, 9]);
  assert.deepEqual([...candidates.logits], [1, 3, 2]);
  assert.deepEqual([...candidates.probabilities], [0, 0, 0]);
  const words = new Float32Array(candidates.memory.buffer);
  assert.deepEqual([words[1], words[4], words[7]], [1, 3, 2]);
});

test("without ids, the tokens are 0, 1, 2", () => {
  assert.deepEqual([...Candidates.fromLogits(new Float32Array([5, 6])).ids], [0, 1]);
});

test("sort orders by logit, keeps equals in order and the selection with its token", () => {
  const candidates = Candidates.fromLogits([1, 3, -Infinity, 3, 2]);
  candidates.select(4);
  candidates.sort();
  assert.deepEqual([...candidates.ids], [1, 3, 4, 0, 2]);
  assert.equal(candidates.selectedToken, 4);
  assert.equal(candidates.sorted, true);
  candidates.setLogit(0, -1);
  assert.equal(candidates.sorted, false);
});

test("truncate keeps the first and drops a selection beyond", () => {
  const candidates = Candidates.fromLogits([1, 2, 3]);
  candidates.select(2);
  candidates.truncate(2);
  assert.deepEqual([...candidates.ids], [0, 1]);
  assert.equal(candidates.selected, undefined);
  assert.throws(() => candidates.truncate(0), { code: "ARGUMENT_INVALID" });
  assert.throws(() => candidates.truncate(3), { code: "ARGUMENT_INVALID" });
});

test("softmax computes probabilities", () => {
  // e^0, e^ln2, e^ln5: 1/8, 2/8, 5/8.
  const candidates = Candidates.fromLogits([0, Math.log(2), Math.log(5)]);
  candidates.softmax();
  assert.ok(near([...candidates.probabilities], [0.125, 0.25, 0.625]));
  assert.throws(() => Candidates.fromLogits([-Infinity]).softmax(), { code: "ARGUMENT_INVALID" });
});

test("what a sampler does is seen, also when it moves the beginning", () => {
  // XTC takes away the start of the array: C only moves its pointer.
  const candidates = Candidates.fromLogits([0.1, 0.3, 0.6].map(Math.log));
  Sampler.xtc({ probability: 1, threshold: 0.2, seed: 1 }).apply(candidates);
  assert.deepEqual([...candidates.ids], [1, 0]);
  Sampler.greedy().apply(candidates);
  assert.equal(candidates.selectedToken, 1);
});

test("numbers that C could not bear are refused, and normal use still works", () => {
  const candidates = Candidates.fromLogits([1, 2]);
  const wrong: readonly (() => unknown)[] = [
    () => Candidates.fromLogits([]),
    () => Candidates.fromLogits([Number.NaN]),
    () => Candidates.fromLogits([Infinity]),
    () => Candidates.fromLogits([1], [-1]),
    () => Candidates.fromLogits([1], [2 ** 31]),
    () => Candidates.fromLogits([1], [1, 2]),
    () => Candidates.fromLogits("a" as never),
    () => candidates.setLogit(0, Number.NaN),
    () => candidates.setLogit(2, 1),
    () => candidates.setLogit(-1, 1),
    () => candidates.setProbability(0, 2),
    () => candidates.id(2),
    () => candidates.logit(0.5),
    () => candidates.probability(Number.NaN),
    () => candidates.select(2),
    () => candidates.select(-1),
    () => Sampler.greedy().apply([1] as never),
  ];
  for (const use of wrong) {
    assert.throws(use, { code: "ARGUMENT_INVALID" });
    assert.deepEqual([...candidates.logits], [1, 2]);
  }
});
