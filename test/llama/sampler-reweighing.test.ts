import assert from "node:assert/strict";
import { test } from "node:test";
import { Candidates } from "../../src/llama/candidates.js";
import { Sampler } from "../../src/llama/sampler.js";
import { leftBy, logitsAfter, near } from "../support/candidates.js";
import { tinyLlama } from "../support/tiny-models.js";
import { loadVocabulary } from "../support/tiny-vocabulary.js";

const { vocab } = loadVocabulary(tinyLlama().path);

test("temperature divides the logits", () => {
  assert.deepEqual(logitsAfter(Sampler.temperature(2), 4, -2, 1), [2, -1, 0.5]);
  assert.deepEqual(logitsAfter(Sampler.temperature(0.5), 4, -2, 1), [8, -4, 2]);
  assert.deepEqual(logitsAfter(Sampler.temperature(1), 4, -2, 1), [4, -2, 1]);
});

test("temperature 0 leaves only the most likely token", () => {
  assert.deepEqual(logitsAfter(Sampler.temperature(0), 1, 4, -2), [-Infinity, 4, -Infinity]);
});

test("dynamicTemperature without a range is temperature", () => {
  assert.deepEqual(logitsAfter(Sampler.dynamicTemperature(2, 0), 4, -2, 1), [2, -1, 0.5]);
});

test("dynamicTemperature follows the entropy", () => {
  // Equal logits have the greatest entropy, so the temperature is 1 + 0.5.
  assert.ok(near(logitsAfter(Sampler.dynamicTemperature(1, 0.5), 3, 3, 3), [2, 2, 2]));
  // (0.5, 0.25, 0.125, 0.125) has 1.75 of 2 bits: 0.5 + 1 · 0.875 = 1.375.
  const logits = [0.5, 0.25, 0.125, 0.125].map(Math.log);
  assert.ok(
    near(
      logitsAfter(Sampler.dynamicTemperature(1, 0.5), ...logits),
      logits.map((logit) => logit / 1.375),
    ),
  );
  // With exponent 2: 0.5 + 0.875² = 1.265625.
  assert.ok(
    near(
      logitsAfter(Sampler.dynamicTemperature(1, 0.5, 2), ...logits),
      logits.map((logit) => logit / 1.265625),
    ),
  );
});

test("logitBias adds to single logits, and rules tokens out", () => {
  const sampler = Sampler.logitBias(vocab, [
    [0, 1.5],
    [2, -Infinity],
  ]);
  assert.deepEqual(logitsAfter(sampler, 1, 2, 3), [2.5, 2, -Infinity]);
  assert.deepEqual(logitsAfter(Sampler.logitBias(vocab, new Map()), 1, 2, 3), [1, 2, 3]);
  // Also when the candidates are no longer in the order of their ids.
  const shuffled = Candidates.fromLogits([1, 2, 3], [2, 0, 1]);
  sampler.apply(shuffled);
  assert.deepEqual([...shuffled.logits], [-Infinity, 3.5, 3]);
});

test("penalties divide positive logits, multiply negative ones, and subtract by count", () => {
  const sampler = Sampler.penalties(vocab, { lastTokens: 8, repeat: 2, frequency: 0.5, presence: 0.25 });
  for (const token of [0, 1, 1]) sampler.accept(token);
  // 0 came once: 4/2 - 1·0.5 - 0.25 = 1.25. 1 came twice: -1·2 - 2·0.5 - 0.25 = -3.25. 2 did not come.
  assert.ok(near(logitsAfter(sampler, 4, -1, 3), [1.25, -3.25, 3]));
});

test("penalties forget tokens older than lastTokens, and all at a reset", () => {
  const sampler = Sampler.penalties(vocab, { lastTokens: 2, presence: 1 });
  for (const token of [0, 1, 2]) sampler.accept(token);
  assert.deepEqual(logitsAfter(sampler, 5, 5, 5), [5, 4, 4]);
  sampler.reset();
  assert.deepEqual(logitsAfter(sampler, 5, 5, 5), [5, 5, 5]);
});

test("penalties without lastTokens do nothing", () => {
  const sampler = Sampler.penalties(vocab, { lastTokens: 0, repeat: 2 });
  sampler.accept(0);
  assert.deepEqual(logitsAfter(sampler, 4, 4), [4, 4]);
  assert.equal(sampler.name, "?penalties");
});

test("dry makes the token less likely that would prolong a repetition", () => {
  const sampler = Sampler.dry(vocab, {
    multiplier: 1,
    base: 2,
    allowedLength: 2,
    lastTokens: 64,
    sequenceBreakers: [],
  });
  const [a, b, c] = [300, 301, 302] as const;
  for (const token of [a, b, c, a, b]) sampler.accept(token);
  // "a b" came before and was followed by c: a repetition of 2, so 1 · 2^(2-2) = 1 is subtracted from c.
  const after = (): number => {
    const candidates = Candidates.fromLogits([5, 5, 5], [a, b, c]);
    sampler.apply(candidates);
    return candidates.logit(2);
  };
  assert.ok(near([after()], [4]));
  // After "c a b" a second time the repetition of "b c a b" … is 5 long by then: 2^(5-2) = 8.
  for (const token of [c, a, b]) sampler.accept(token);
  assert.ok(near([after()], [5 - 8]));
  sampler.reset();
  assert.ok(near([after()], [5]));
});

test("dry does not look beyond a sequence breaker", () => {
  const words = [...vocab.tokenize("hello world", { addSpecial: false })];
  const [newline] = vocab.tokenize("\n", { addSpecial: false }).slice(-1);
  const after = (breakers: readonly string[]): number => {
    const sampler = Sampler.dry(vocab, {
      multiplier: 1,
      base: 2,
      allowedLength: 1,
      lastTokens: 64,
      sequenceBreakers: breakers,
    });
    for (const token of [...words, newline ?? -1, 310, ...words, newline ?? -1]) sampler.accept(token);
    const candidates = Candidates.fromLogits([5], [310]);
    sampler.apply(candidates);
    return candidates.logit(0);
  };
  assert.ok(after([]) < 5);
  assert.equal(after(["\n"]), 5);
});

test("infill ends when ending is likely enough, and else keeps whole words over their beginnings", () => {
  const [eos, hello] = [vocab.eos ?? -1, vocab.tokenize("hello", { addSpecial: false })[0] ?? -1];
  // 3 · 0.5 · 2 > 0.5: only the end is left.
  const ending = Candidates.fromLogits([0, 0], [eos, hello]);
  Sampler.infill(vocab).apply(ending);
  assert.deepEqual([...ending.ids], [eos]);
  // "▁hel" is the beginning of "▁hello": their probabilities go to the likelier.
  const beginning =
    Array.from({ length: vocab.size }, (_, token) => token).find((token) => vocab.text(token) === "▁hel") ?? -1;
  const merging = Candidates.fromLogits([2, 1, -9], [hello, beginning, eos]);
  Sampler.infill(vocab).apply(merging);
  assert.deepEqual(
    [...merging.ids].filter((id) => id !== eos),
    [hello],
  );
});

test("parameters out of range are refused, and normal use still works", () => {
  const wrong: Readonly<Record<string, () => unknown>> = {
    "topK NaN": () => Sampler.topK(Number.NaN),
    "topK -1": () => Sampler.topK(-1),
    "topK 1.5": () => Sampler.topK(1.5),
    "topK 2^31": () => Sampler.topK(2 ** 31),
    "topP NaN": () => Sampler.topP(Number.NaN),
    "topP 1.1": () => Sampler.topP(1.1),
    "topP minKeep": () => Sampler.topP(0.5, -1),
    "minP -0.1": () => Sampler.minP(-0.1),
    "typical 2": () => Sampler.typical(2),
    "temperature NaN": () => Sampler.temperature(Number.NaN),
    "temperature -1": () => Sampler.temperature(-1),
    "temperature Infinity": () => Sampler.temperature(Infinity),
    "range -1": () => Sampler.dynamicTemperature(1, -1),
    "n NaN": () => Sampler.topNSigma(Number.NaN),
    xtc: () => Sampler.xtc({ probability: 2, threshold: 0.1 }),
    "xtc key": () => Sampler.xtc({ probability: 1, treshold: 0.1 } as never),
    "seed -1": () => Sampler.dist(-1),
    "seed 2^32": () => Sampler.dist(2 ** 32),
    "seed text": () => Sampler.dist("1" as never),
    "tau 0": () => Sampler.mirostatV2({ tau: 0 }),
    "eta NaN": () => Sampler.mirostatV2({ eta: Number.NaN }),
    "m 0": () => Sampler.mirostat(vocab, { m: 0 }),
    "target 2": () => Sampler.adaptiveP({ target: 2 }),
    "decay 1": () => Sampler.adaptiveP({ target: 0.5, decay: 1 }),
    "lastTokens -1": () => Sampler.penalties(vocab, { lastTokens: -1 }),
    "lastTokens huge": () => Sampler.penalties(vocab, { lastTokens: 2 ** 31 - 1 }),
    "repeat 0": () => Sampler.penalties(vocab, { repeat: 0 }),
    "frequency NaN": () => Sampler.penalties(vocab, { frequency: Number.NaN }),
    "dry base 0": () => Sampler.dry(vocab, { base: 0 }),
    "dry lastTokens": () => Sampler.dry(vocab, { lastTokens: 2 ** 31 - 1 }),
    "dry breaker empty": () => Sampler.dry(vocab, { sequenceBreakers: [""] }),
    "dry breaker long": () => Sampler.dry(vocab, { sequenceBreakers: ["x".repeat(41)] }),
    "dry breakers text": () => Sampler.dry(vocab, { sequenceBreakers: "abc" as never }),
    "bias token": () => Sampler.logitBias(vocab, [[vocab.size, 1]]),
    "bias NaN": () => Sampler.logitBias(vocab, [[1, Number.NaN]]),
    "accept -1": () => Sampler.greedy().accept(-1),
    "accept beyond": () => Sampler.penalties(vocab, { repeat: 2 }).accept(vocab.size),
    measure: () => Sampler.chain({ measure: 1 } as never),
  };
  for (const [name, use] of Object.entries(wrong)) {
    assert.throws(use, { code: "ARGUMENT_INVALID" }, name);
    assert.deepEqual(leftBy(Sampler.topK(1), 0.2, 0.8), [1]);
  }
});
