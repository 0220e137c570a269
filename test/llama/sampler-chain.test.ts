import assert from "node:assert/strict";
import { test } from "node:test";
import { Candidates } from "../../src/llama/candidates.js";
import { handleOf } from "../../src/llama/handle.js";
import { Sampler, SamplerChain } from "../../src/llama/sampler.js";
import { claimForBackend } from "../../src/llama/sampler-backend.js";
import { leftBy, logitsAfter, withProbabilities } from "../support/candidates.js";
import { tinyLlama } from "../support/tiny-models.js";
import { loadVocabulary } from "../support/tiny-vocabulary.js";

const { vocab } = loadVocabulary(tinyLlama().path);

function draws(sampler: Sampler, count = 40): number[] {
  return Array.from({ length: count }, () => {
    const candidates = withProbabilities(0.3, 0.3, 0.2, 0.2);
    sampler.apply(candidates);
    return candidates.selectedToken ?? -1;
  });
}

test("a chain runs its samplers in order", () => {
  // Halving first, then 4 - 1; the other way round (4 - 2)/2 would be 1.
  const sampler = Sampler.chain()
    .temperature(2)
    .logitBias(vocab, [[0, -1]]);
  assert.deepEqual(logitsAfter(sampler, 8, 2), [3, 1]);
  assert.deepEqual(leftBy(Sampler.chain().topK(3).topP(0.6), 0.3, 0.4, 0.2, 0.1), [0, 1]);
});

test("every sampler can be appended fluently, under llama.cpp's name", () => {
  const chain = Sampler.chain()
    .logitBias(vocab, [[1, 1]])
    .penalties(vocab, { repeat: 1.1 })
    .dry(vocab)
    .grammar(vocab, "root ::= .*")
    .grammarLazy(vocab, 'root ::= "a"', { patterns: [/x/] })
    .topNSigma(1)
    .topK(9)
    .typical(0.9)
    .topP(0.9)
    .minP(0.1)
    .xtc({ probability: 0.5, threshold: 0.1 })
    .temperature(0.5)
    .dynamicTemperature(0.5, 0.2)
    .infill(vocab)
    .custom({ name: "mine", apply: () => undefined })
    .mirostat(vocab)
    .mirostatV2()
    .adaptiveP({ target: 0.5 })
    .dist(1)
    .greedy();
  assert.deepEqual(
    Array.from({ length: chain.length }, (_, index) => chain.get(index)?.name),
    [
      "logit-bias",
      "penalties",
      "dry",
      "grammar",
      "grammar",
      "top-n-sigma",
      "top-k",
      "typical",
      "top-p",
      "min-p",
      "xtc",
      "temp",
      "temp-ext",
      "infill",
      "mine",
      "mirostat",
      "mirostat-v2",
      "adaptive-p",
      "dist",
      "greedy",
    ],
  );
  assert.equal(chain.name, "chain");
});

test("get and remove give back the sampler that was added, and remove its ownership", () => {
  const topK = Sampler.topK(1);
  const chain = Sampler.chain().temperature(2).add(topK);
  assert.equal(chain.get(1), topK);
  assert.equal(chain.get(2), undefined);
  assert.equal(chain.remove(1), topK);
  assert.equal(chain.length, 1);
  chain.dispose();
  assert.equal(topK.disposed, false);
  assert.deepEqual(leftBy(topK, 0.2, 0.8), [1]);
  topK.dispose();
  assert.equal(topK.disposed, true);
});

test("a sampler that a chain owns is used through the chain's life, and disposing it does nothing", () => {
  const topK = Sampler.topK(1);
  const chain = Sampler.chain().add(topK);
  topK.dispose();
  assert.deepEqual(leftBy(topK, 0.2, 0.8), [1]);
  assert.deepEqual(leftBy(chain, 0.2, 0.8), [1]);
  chain.dispose();
  chain.dispose();
  assert.throws(() => topK.name, { code: "DISPOSED" });
  assert.equal(topK.disposed, true);
});

test("chains in chains work, but not in themselves", () => {
  const inner = Sampler.chain().topK(2);
  const outer = Sampler.chain().add(inner).greedy();
  assert.equal(outer.get(0), inner);
  inner.topK(1);
  assert.equal(outer.get(0), inner);
  assert.deepEqual(leftBy(outer, 0.2, 0.8), [1]);
  assert.throws(() => inner.add(outer), { code: "ARGUMENT_INVALID" });
  assert.throws(() => outer.add(outer), { code: "ARGUMENT_INVALID" });
  assert.throws(() => outer.add(inner), { code: "ARGUMENT_INVALID" });
  assert.throws(() => Sampler.chain().add(inner), { code: "ARGUMENT_INVALID" });
  assert.deepEqual(leftBy(outer, 0.2, 0.8), [1]);
});

test("a clone of a chain has the same state, and goes its own way", () => {
  const chain = Sampler.chain().penalties(vocab, { lastTokens: 8, presence: 1 }).add(Sampler.chain().topK(4)).dist(42);
  chain.accept(0);
  draws(chain);
  const clone = chain.clone();
  assert.ok(clone instanceof SamplerChain);
  assert.ok(clone.get(1) instanceof SamplerChain);
  assert.deepEqual(draws(clone), draws(chain));
  clone.accept(1);
  assert.deepEqual(logitsAfter(clone.remove(0), 5, 5, 5), [4, 4, 5]);
  assert.deepEqual(logitsAfter(chain.remove(0), 5, 5, 5), [4, 5, 5]);
  chain.dispose();
  assert.equal(draws(clone).length, 40);
});

test("copy takes over the state of a sampler with the same parameters", () => {
  const make = (): SamplerChain =>
    Sampler.chain().penalties(vocab, { lastTokens: 8, presence: 1 }).dry(vocab).grammar(vocab, "root ::= .*").dist(42);
  const from = make();
  const to = make();
  from.accept(20);
  draws(Sampler.chain().add(from.clone()));
  to.copy(from);
  assert.deepEqual(logitsAfter(to.remove(0), 5, 5), logitsAfter(from.remove(0), 5, 5));
  to.copy(from);
  assert.throws(() => to.copy(Sampler.dist(1)), { code: "ARGUMENT_INVALID" });
  assert.throws(() => Sampler.topK(1).copy(Sampler.topK(2)), { code: "ARGUMENT_INVALID" });
  assert.throws(() => Sampler.topK(1).copy(Sampler.topK(0)), { code: "ARGUMENT_INVALID" });
  assert.throws(() => Sampler.chain().topK(1).copy(Sampler.chain()), { code: "ARGUMENT_INVALID" });
  to.copy(to);
  assert.equal(to.length, 3);
});

test("the seed of a chain is that of its last random sampler", () => {
  assert.equal(Sampler.chain().dist(1).mirostatV2({ seed: 2 }).topK(1).seed, 2);
  assert.equal(Sampler.chain().topK(1).seed, undefined);
});

test("performance counts tokens, and time if asked", () => {
  const chain = Sampler.chain({ measure: true }).dist(1);
  for (let i = 0; i < 3; i++) chain.accept(1);
  for (let i = 0; i < 200; i++) chain.apply(Candidates.fromLogits(new Float32Array(1000)));
  assert.equal(chain.performance.tokens, 3);
  assert.ok(chain.performance.milliseconds > 0);
  chain.printPerformance();
  chain.resetPerformance();
  assert.deepEqual(chain.performance, { milliseconds: 0, tokens: 0 });
});

test("a chain that a context has had is not changed, nor given to another", () => {
  const chain = Sampler.chain().topK(2).greedy();
  assert.ok(claimForBackend(chain, vocab.size) > 0n);
  assert.throws(() => claimForBackend(chain, vocab.size), { code: "ARGUMENT_INVALID" });
  assert.throws(() => chain.topK(1), { code: "BUSY" });
  assert.throws(() => chain.remove(0), { code: "BUSY" });
  assert.throws(() => Sampler.chain().add(chain), { code: "ARGUMENT_INVALID" });
  assert.throws(() => claimForBackend(Sampler.topK(1), vocab.size), { code: "ARGUMENT_INVALID" });
  assert.ok(claimForBackend(chain.clone(), vocab.size) > 0n);
  assert.throws(() => claimForBackend(Sampler.chain().topK(vocab.size + 1), vocab.size), { code: "ARGUMENT_INVALID" });
  assert.throws(() => claimForBackend(Sampler.chain().topK(2).topK(3), vocab.size), { code: "ARGUMENT_INVALID" });
  assert.throws(() => claimForBackend(Sampler.chain().temperature(0).topK(3), vocab.size), {
    code: "ARGUMENT_INVALID",
  });
  assert.throws(() => claimForBackend(Sampler.chain().logitBias(vocab, [[1, 1]]), vocab.size - 1), {
    code: "ARGUMENT_INVALID",
  });
});

test("a sampler keeps the model of its vocabulary alive", () => {
  const own = loadVocabulary(tinyLlama().path);
  const chain = Sampler.chain().grammar(own.vocab, 'root ::= "hello"').infill(own.vocab).dry(own.vocab);
  const candidates = Candidates.fromLogits(new Float32Array(own.vocab.size));
  own.model.dispose();
  chain.get(0)?.apply(candidates);
  assert.ok([...candidates.logits].some((logit) => logit === -Infinity));
  const clone = chain.clone();
  chain.dispose();
  const again = Candidates.fromLogits(new Float32Array(candidates.size));
  clone.get(0)?.apply(again);
  assert.deepEqual([...again.logits], [...candidates.logits]);
  clone.dispose();
});

test("every use after disposal is refused", () => {
  const uses: Readonly<Record<string, (chain: SamplerChain) => unknown>> = {
    name: (chain) => chain.name,
    seed: (chain) => chain.seed,
    length: (chain) => chain.length,
    get: (chain) => chain.get(0),
    remove: (chain) => chain.remove(0),
    add: (chain) => chain.add(Sampler.greedy()),
    apply: (chain) => chain.apply(withProbabilities(0.5, 0.5)),
    accept: (chain) => chain.accept(1),
    reset: (chain) => chain.reset(),
    clone: (chain) => chain.clone(),
    copy: (chain) => chain.copy(Sampler.chain().topK(2)),
    copyFrom: (chain) => Sampler.chain().topK(2).copy(chain),
    performance: (chain) => chain.performance,
    resetPerformance: (chain) => chain.resetPerformance(),
    printPerformance: (chain) => chain.printPerformance(),
    added: (chain) => Sampler.chain().add(chain),
    handle: (chain) => handleOf(chain, "llama_sampler").pointer,
  };
  for (const [name, use] of Object.entries(uses)) {
    use(Sampler.chain().topK(2));
    const chain = Sampler.chain().topK(2);
    chain[Symbol.dispose]();
    assert.equal(chain.disposed, true);
    assert.throws(() => use(chain), { code: "DISPOSED" }, name);
  }
});

test("wrong indices and objects are refused, and normal use still works", () => {
  const chain = Sampler.chain().topK(1);
  const wrong: readonly (() => unknown)[] = [
    () => chain.get(-1),
    () => chain.get(0.5),
    () => chain.remove(1),
    () => chain.remove(-1),
    () => Sampler.chain().remove(0),
    () => chain.add({} as never),
    () => chain.copy({} as never),
    () => chain.apply({} as never),
    () => Sampler.chain({ mesure: true } as never),
  ];
  for (const use of wrong) {
    assert.throws(use, { code: "ARGUMENT_INVALID" });
    assert.deepEqual(leftBy(chain, 0.2, 0.8), [1]);
  }
});
