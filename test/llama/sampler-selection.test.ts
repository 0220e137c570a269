import assert from "node:assert/strict";
import { test } from "node:test";
import { Candidates } from "../../src/llama/candidates.js";
import { Sampler } from "../../src/llama/sampler.js";
import { frequencies, near, withProbabilities } from "../support/candidates.js";
import { tinyLlama } from "../support/tiny-models.js";
import { loadVocabulary } from "../support/tiny-vocabulary.js";

const { vocab } = loadVocabulary(tinyLlama().path);
const DRAWS = 4000;
/** Five standard deviations of a frequency of one half. */
const TOLERANCE = 5 * Math.sqrt(0.25 / DRAWS);

function draws(sampler: Sampler, count = 40): number[] {
  return Array.from({ length: count }, () => {
    const candidates = withProbabilities(0.3, 0.3, 0.2, 0.2);
    sampler.apply(candidates);
    return candidates.selectedToken ?? -1;
  });
}

test("greedy selects the most likely, and of equals the first", () => {
  const candidates = Candidates.fromLogits([1, 5, 5, 2]);
  Sampler.greedy().apply(candidates);
  assert.equal(candidates.selected, 1);
});

test("dist selects by probability", () => {
  assert.ok(near(frequencies(Sampler.dist(1), DRAWS, 0.5, 0.25, 0.125, 0.125), [0.5, 0.25, 0.125, 0.125], TOLERANCE));
});

test("dist computes the probabilities", () => {
  const candidates = withProbabilities(1, 2, 5);
  Sampler.dist(1).apply(candidates);
  assert.ok(near([...candidates.probabilities], [0.125, 0.25, 0.625]));
});

test("mirostat 2 leaves out what is more surprising than mu, which starts at twice tau", () => {
  // Surprises 1, 2, 3, 3 bit; mu = 2.4: the last two are out, the rest is 2/3 and 1/3. eta 0 keeps mu.
  assert.ok(
    near(
      frequencies(Sampler.mirostatV2({ tau: 1.2, eta: 0, seed: 5 }), DRAWS, 0.5, 0.25, 0.125, 0.125),
      [2 / 3, 1 / 3, 0, 0],
      TOLERANCE,
    ),
  );
});

test("mirostat 2 learns: after an unsurprising token it allows more", () => {
  const sampler = Sampler.mirostatV2({ tau: 0.6, eta: 1, seed: 5 });
  const first = withProbabilities(0.5, 0.25, 0.25);
  sampler.apply(first);
  // mu = 1.2: only the first (1 bit) is left. Its surprise is then 0 of 0.6: mu grows by 0.6 to 1.8, by another 0.6 to 2.4 …
  assert.equal(first.size, 1);
  sampler.apply(withProbabilities(0.5, 0.25, 0.25));
  const third = withProbabilities(0.5, 0.25, 0.25);
  sampler.apply(third);
  assert.equal(third.size, 3);
});

test("mirostat 1 keeps k tokens by Zipf's law", () => {
  // Of 0.5 and 0.25: s = ln2·ln2/ln2² = 1 (m = 2); with epsilon → 0, k → 2^mu / ln(n). tau = 0.5: mu = 1, k = 2/ln(n) < 1 → 1.
  assert.ok(
    near(frequencies(Sampler.mirostat(vocab, { tau: 0.5, eta: 0, seed: 3, m: 2 }), 50, 0.5, 0.24, 0.26), [1, 0, 0]),
  );
  const wide = frequencies(Sampler.mirostat(vocab, { tau: 5, eta: 0, seed: 3 }), DRAWS, 0.5, 0.24, 0.26);
  assert.ok(near(wide, [0.5, 0.24, 0.26], TOLERANCE));
});

test("adaptiveP prefers tokens near its target", () => {
  // Target 0.1 of (0.8, 0.1, 0.1): distances 0.7/0.3 = 2.333, 0, 0. Logits 5 - 10·5.444/3.333 = -11.33, 5, 5.
  assert.ok(
    near(
      frequencies(Sampler.adaptiveP({ target: 0.1, decay: 0, seed: 2 }), DRAWS, 0.8, 0.1, 0.1),
      [0, 0.5, 0.5],
      TOLERANCE,
    ),
  );
});

test("adaptiveP aims lower after tokens that were likelier than its target", () => {
  const sampler = Sampler.adaptiveP({ target: 0.4, decay: 0.5, seed: 2 });
  const before = withProbabilities(0.4, 0.1, 0.5);
  sampler.apply(before);
  // Starts at target 0.4: the logit of the token of probability 0.4 is the peak, 5.
  assert.ok(near([before.logit([...before.ids].indexOf(0))], [5]));
  const sure = withProbabilities(1);
  sampler.apply(sure);
  sampler.accept(0);
  // Sum 0.4/(1-0.5) = 0.8, weight 2; then 1 + 0.5·0.8 = 1.4 and 1 + 0.5·2 = 2: 2·0.4 - 1.4/2 = 0.1 is the new aim.
  const after = withProbabilities(0.4, 0.1, 0.5);
  sampler.apply(after);
  assert.ok(near([after.logit([...after.ids].indexOf(1))], [5], 1e-4));
});

test("a negative target disables adaptiveP", () => {
  assert.ok(
    near(frequencies(Sampler.adaptiveP({ target: -1, seed: 2 }), DRAWS, 0.8, 0.1, 0.1), [0.8, 0.1, 0.1], TOLERANCE),
  );
});

const seeded: Readonly<Record<string, (seed?: number) => Sampler>> = {
  dist: (seed) => Sampler.dist(seed),
  mirostat: (seed) => Sampler.mirostat(vocab, seed === undefined ? {} : { seed }),
  mirostatV2: (seed) => Sampler.mirostatV2(seed === undefined ? {} : { seed }),
  adaptiveP: (seed) => Sampler.adaptiveP({ target: 0.25, ...(seed === undefined ? {} : { seed }) }),
};

for (const [name, make] of Object.entries(seeded)) {
  test(`${name}: the same seed gives the same draws, another seed others, and reset starts again`, () => {
    const sampler = make(42);
    const first = draws(sampler);
    assert.deepEqual(draws(make(42)), first);
    assert.notDeepEqual(draws(make(43)), first);
    assert.notDeepEqual(draws(sampler), first);
    sampler.reset();
    assert.deepEqual(draws(sampler), first);
    assert.notDeepEqual(draws(make()), draws(make()));
  });
}

test("the seed in use can be read where llama.cpp tells it", () => {
  assert.equal(Sampler.dist(42).seed, 42);
  assert.equal(Sampler.mirostatV2({ seed: 43 }).seed, 43);
  assert.equal(Sampler.mirostat(vocab, { seed: 44 }).seed, 44);
  assert.ok((Sampler.dist().seed ?? -1) >= 0);
  assert.equal(Sampler.greedy().seed, undefined);
});

test("a clone of dist goes on as the original does, and by itself", () => {
  const sampler = Sampler.dist(42);
  draws(sampler);
  const clone = sampler.clone();
  const next = draws(sampler);
  assert.deepEqual(draws(clone), next);
});

test("a clone of adaptiveP that was waiting for a token accepts it without harm", () => {
  const sampler = Sampler.adaptiveP({ target: 0.5, seed: 1 });
  const candidates = withProbabilities(0.6, 0.4);
  sampler.apply(candidates);
  const clone = sampler.clone();
  clone.accept(candidates.selectedToken ?? -1);
  const copy = Sampler.adaptiveP({ target: 0.5, seed: 1 });
  copy.copy(sampler);
  copy.accept(candidates.selectedToken ?? -1);
  assert.equal(draws(copy).length, 40);
  assert.equal(draws(clone).length, 40);
});

test("candidates that are all ruled out are survived", () => {
  for (const make of [
    () => Sampler.greedy(),
    () => Sampler.dist(1),
    ...Object.values(seeded),
    () => Sampler.topP(0.5),
    () => Sampler.typical(0.5),
    () => Sampler.topNSigma(1),
    () => Sampler.infill(vocab),
  ]) {
    Sampler.chain()
      .add(make())
      .apply(Candidates.fromLogits([-Infinity, -Infinity, -Infinity]));
  }
});
