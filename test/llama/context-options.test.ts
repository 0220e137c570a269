import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { ContextOptions } from "../../src/llama/context-options.js";
import { Model } from "../../src/llama/model.js";
import { assertApart } from "../support/numbers.js";
import { tinyHybrid, tinyLlama, tinyT5 } from "../support/tiny-models.js";

const model = Model.load(tinyLlama().path);
const wide = Model.load(tinyLlama({ embeddingSize: 128, heads: 2, kvHeads: 2 }).path);
after(() => [model, wide].forEach((one) => one.dispose()));

const tokens = [20, 30, 40, 50];

function logits(options: ContextOptions, of = model): Float32Array {
  using context = of.createContext({ contextSize: 256, ...options });
  context.decode(tokens);
  return context.logits().toFloat32Array();
}

const wrong: Readonly<Record<keyof ContextOptions, readonly unknown[]>> = {
  contextSize: [0, -1, 1.5, 2 ** 31, "256", NaN],
  batchSize: [0, -1, "8"],
  microBatchSize: [0, 0.5],
  maxSequences: [0, 257],
  recurrentSnapshots: [-1, 1025],
  maxOutputs: [-1, 2 ** 31],
  maxOutputsPerSequence: [-1],
  threads: [0, 513],
  batchThreads: [0, 513],
  type: ["draft", 1],
  ropeScaling: ["ntk"],
  pooling: ["max", 1],
  attention: ["both"],
  flashAttention: [true, "yes"],
  ropeFrequencyBase: [-1, NaN],
  ropeFrequencyScale: [-1, Infinity],
  yarnExtFactor: [NaN, "1"],
  yarnAttentionFactor: [NaN],
  yarnBetaFast: [Infinity],
  yarnBetaSlow: [NaN],
  yarnOriginalContext: [-1, 1.5],
  typeK: ["q4_k", "F16", 1],
  typeV: ["q6_k"],
  embeddings: [1],
  offloadKqv: ["yes"],
  offloadOperations: [0],
  measure: [1],
  swaFull: ["true"],
  kvUnified: [1],
  samplers: [{}, [{ sequence: 5 }]],
  other: [],
  onTensor: [1, "log"],
};

for (const [key, values] of Object.entries(wrong)) {
  for (const value of values) {
    test(`options.${key} refuses ${JSON.stringify(value) ?? String(value)}`, () => {
      assert.throws(() => model.createContext({ [key]: value }), { code: "ARGUMENT_INVALID" });
    });
  }
}

test("an unknown option is refused, with the one that may be meant", () => {
  assert.throws(() => model.createContext({ n_ctx: 256 } as never), { code: "ARGUMENT_INVALID" });
  assert.throws(() => model.createContext({ context_size: 256 } as never), {
    code: "ARGUMENT_INVALID",
    hint: /contextSize/,
  });
});

test("sizes are as asked for, rounded as C does", () => {
  using context = model.createContext({
    contextSize: 300,
    batchSize: 64,
    microBatchSize: 32,
    maxSequences: 2,
    maxOutputs: 8,
  });
  const { contextSize, contextSizePerSequence, batchSize, microBatchSize, maxSequences, maxOutputs } = context.limits;
  assert.deepEqual([contextSize, contextSizePerSequence], [512, 256]);
  assert.deepEqual([batchSize, microBatchSize, maxSequences, maxOutputs], [64, 32, 2, 8]);
  using unified = model.createContext({ contextSize: 300, maxSequences: 2, kvUnified: true });
  assert.deepEqual([unified.limits.contextSize, unified.limits.contextSizePerSequence], [512, 512]);
});

test("options that must fit one another are looked at together", () => {
  assert.throws(() => model.createContext({ batchSize: 2, maxSequences: 3 }), { code: "ARGUMENT_INVALID" });
  assert.throws(() => model.createContext({ maxOutputs: 2, maxSequences: 3 }), { code: "ARGUMENT_INVALID" });
  assert.throws(() => wide.createContext({ typeV: "q8_0", flashAttention: "off" }), { code: "ARGUMENT_INVALID" });
  assert.throws(() => model.createContext({ pooling: "mean", maxOutputs: 4 }), { code: "ARGUMENT_INVALID" });
  using hybrid = Model.load(tinyHybrid().path);
  assert.throws(() => hybrid.createContext({ microBatchSize: 4, recurrentSnapshots: 4 }), { code: "ARGUMENT_INVALID" });
  using t5 = Model.load(tinyT5().path);
  assert.throws(() => t5.createContext({ maxSequences: 2, kvUnified: false }), { code: "ARGUMENT_INVALID" });
  assert.throws(() => t5.createContext({ pooling: "mean" }), { code: "ARGUMENT_INVALID" });
});

test("a mean-pooled context takes any number of sequences", () => {
  for (const maxSequences of [1, 3, 7]) {
    using context = model.createContext({
      contextSize: 256,
      pooling: "mean",
      embeddings: true,
      maxSequences,
      microBatchSize: 32,
    });
    context.decode(tokens);
    assert.equal(context.sequenceEmbedding().length, model.embeddingSize);
  }
});

for (const type of ["bf16", "q8_0", "q4_0", "q4_1", "iq4_nl", "q5_0", "q5_1"] as const) {
  test(`the cache can be ${type}`, () => {
    const plain = logits({}, wide);
    const other = logits({ typeK: type, typeV: type, flashAttention: "on" }, wide);
    assert.ok(other.every(Number.isFinite));
    assertApart(other, plain, 0);
  });
}

test("an f32 cache takes twice the room of an f16 one", () => {
  const sizeOf = (typeK: "f32" | "f16"): number => {
    using context = model.createContext({ contextSize: 256, typeK, typeV: typeK });
    const empty = context.state.size;
    context.decode(tokens);
    return context.state.size - empty;
  };
  const ratio = sizeOf("f32") / sizeOf("f16");
  assert.ok(ratio > 1.8 && ratio <= 2, String(ratio));
});

test("RoPE's options change what is computed", () => {
  const plain = logits({});
  assertApart(logits({ ropeFrequencyBase: 500 }), plain);
  assertApart(logits({ ropeFrequencyScale: 0.25 }), plain);
  assertApart(
    logits({ ropeScaling: "yarn", ropeFrequencyScale: 0.25, yarnOriginalContext: 64, yarnExtFactor: 1 }),
    plain,
  );
});

test("a context larger than the machine's memory is refused at once, and nothing is allocated", () => {
  const before = process.memoryUsage.rss();
  const start = performance.now();
  assert.throws(() => model.createContext({ contextSize: 2 ** 31 - 1, typeK: "f32", typeV: "f32" }), {
    code: "CONTEXT_CREATE_FAILED",
  });
  assert.ok(performance.now() - start < 1000);
  assert.ok(process.memoryUsage.rss() - before < 100e6);
});

test("an exception in an option leaves nothing held", () => {
  assert.throws(() => model.createContext({ other: {} as never }), { code: "DISPOSED" });
  assert.throws(() => model.createContext({ samplers: "chain" as never }), { code: "ARGUMENT_INVALID" });
  logits({});
});
