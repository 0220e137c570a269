/**
 * What decode and encode compute. Where two ways must agree, the tolerance is 2e-2 of logits whose spread is about 10: the
 * cache keeps f16, and the order of a sum depends on the size of the batch.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Batch } from "../../src/llama/batch.js";
import type { Context } from "../../src/llama/context.js";
import { Model } from "../../src/llama/model.js";
import { assertApart, assertClose } from "../support/numbers.js";
import {
  tinyBert,
  tinyDiffusion,
  tinyGemma,
  tinyHybrid,
  tinyLlama,
  tinyMamba,
  tinyReranker,
  tinyT5,
} from "../support/tiny-models.js";

const TOLERANCE = 2e-2;
const llama = Model.load(tinyLlama().path);
const bert = Model.load(tinyBert().path);
const t5 = Model.load(tinyT5().path);
after(() => [llama, bert, t5].forEach((model) => model.dispose()));

const prompt = llama.vocab.tokenize("once upon a time there was a small llama");

function lastLogits(context: Context): Float32Array {
  return context.logits().toFloat32Array();
}

for (const [name, tiny] of Object.entries({
  llama: tinyLlama(),
  moe: tinyLlama({ experts: 4 }),
  gemma: tinyGemma(),
  mamba: tinyMamba(),
  hybrid: tinyHybrid(),
})) {
  test(`a prompt at once equals token by token: ${name}`, () => {
    using model = Model.load(tiny.path);
    const tokens = model.vocab.tokenize("once upon a time there was a small llama");
    using whole = model.createContext({ contextSize: 256 });
    using single = model.createContext({ contextSize: 256 });
    whole.decode(tokens);
    for (const token of tokens) single.decode([token]);
    assertClose(lastLogits(whole), lastLogits(single), TOLERANCE);
    assert.deepEqual(whole.memory.range(0)?.last, tokens.length - 1);
  });
}

test("the slices of a small micro-batch give what one large one does", () => {
  using large = llama.createContext({ contextSize: 256 });
  using small = llama.createContext({ contextSize: 256, microBatchSize: 3 });
  large.decode(prompt);
  small.decode(prompt);
  assertClose(lastLogits(large), lastLogits(small), TOLERANCE);
});

test("decodeAsync gives exactly what decode does", async () => {
  using one = llama.createContext({ contextSize: 256 });
  using other = llama.createContext({ contextSize: 256 });
  one.decode(prompt);
  await other.decodeAsync(prompt);
  assert.deepEqual(lastLogits(one), lastLogits(other));
  assert.equal(other.outputs, 1);
});

test("decodeAsync copies the caller's array", async () => {
  using one = llama.createContext({ contextSize: 256 });
  using other = llama.createContext({ contextSize: 256 });
  const mine = prompt.slice();
  const done = one.decodeAsync(mine);
  mine.fill(5);
  await done;
  other.decode(prompt);
  assert.deepEqual(lastLogits(one), lastLogits(other));
});

test("a batch gives logits for the tokens that are outputs, and for no others", () => {
  using context = llama.createContext({ contextSize: 256 });
  using batch = new Batch({ capacity: 64 });
  prompt.forEach((token, position) =>
    batch.add(token, { position, output: position === 2 || position === prompt.length - 1 }),
  );
  context.decode(batch);
  assert.equal(context.outputs, 2);
  assert.deepEqual(context.logits(2).toFloat32Array(), context.logits(-2).toFloat32Array());
  assert.deepEqual(context.logits(prompt.length - 1).toFloat32Array(), context.logits().toFloat32Array());
  const all = context.allLogits().toFloat32Array();
  assert.deepEqual(all.subarray(0, all.length / 2), context.logits(2).toFloat32Array());
  assert.throws(() => context.logits(1), { code: "OUTPUT_MISSING" });
  using prefix = llama.createContext({ contextSize: 256 });
  prefix.decode(prompt.subarray(0, 3));
  assertClose(context.logits(2), prefix.logits(), TOLERANCE);
});

for (const kvUnified of [true, false]) {
  test(`two sequences in a batch do not see each other: kvUnified ${kvUnified}`, () => {
    const other = llama.vocab.tokenize("the quick brown fox");
    using both = llama.createContext({ contextSize: 512, maxSequences: 2, kvUnified });
    using batch = new Batch({ capacity: 64 });
    prompt.forEach((token, position) => batch.add(token, { position, output: position === prompt.length - 1 }));
    other.forEach((token, position) =>
      batch.add(token, { position, sequences: [1], output: position === other.length - 1 }),
    );
    both.decode(batch);
    using alone = llama.createContext({ contextSize: 256 });
    alone.decode(prompt);
    assertClose(both.logits(prompt.length - 1), alone.logits(), TOLERANCE);
    alone.memory.clear();
    alone.decode(other);
    assertClose(both.logits(prompt.length + other.length - 1), alone.logits(), TOLERANCE);
  });
}

test("with a unified cache one token can belong to several sequences", () => {
  using context = llama.createContext({ contextSize: 256, maxSequences: 2, kvUnified: true });
  using batch = new Batch({ capacity: 64, sequencesPerToken: 2 });
  prompt.forEach((token, position) => batch.add(token, { position, sequences: [0, 1] }));
  context.decode(batch);
  assert.deepEqual(context.memory.range(0), { first: 0, last: prompt.length - 1 });
  assert.deepEqual(context.memory.range(1), context.memory.range(0));
});

test("a batch of embeddings is computed as the tokens that they are of", () => {
  using context = llama.createContext({ contextSize: 256, embeddings: true });
  const width = context.limits.inputSize;
  using batch = new Batch({ capacity: 2, embeddingSize: width });
  batch.addEmbedding(new Float32Array(width).fill(0.25), { position: 0 });
  batch.addEmbedding(new Float32Array(width).fill(-0.5), { position: 1, output: true });
  context.decode(batch);
  const first = lastLogits(context);
  assert.ok(first.every(Number.isFinite));
  context.memory.clear();
  context.decode(batch);
  assert.deepEqual(lastLogits(context), first);
  context.memory.clear();
  batch.clear();
  batch.addEmbedding(
    new Float32Array(width).fill(1).map((_, index) => index),
    { position: 0, output: true },
  );
  context.decode(batch);
  assertApart(lastLogits(context), first);
});

test("embeddings of every token come when they are asked for, and no more when they are not", () => {
  using context = llama.createContext({ contextSize: 256 });
  context.decode(prompt);
  assert.throws(() => context.embedding(), { code: "OUTPUT_MISSING" });
  context.setEmbeddings(true);
  context.memory.clear();
  context.decode(prompt);
  assert.equal(context.outputs, prompt.length);
  const all = context.allEmbeddings().toFloat32Array();
  assert.equal(all.length, prompt.length * context.limits.embeddingSize);
  assert.deepEqual(all.slice(-context.limits.embeddingSize), context.embedding().toFloat32Array());
  assert.deepEqual(context.embedding(0).toFloat32Array(), all.slice(0, context.limits.embeddingSize));
  assert.ok(all.some((value) => value !== 0));
  context.setEmbeddings(false);
  context.decode([5]);
  assert.equal(context.outputs, 1);
  assert.throws(() => context.allEmbeddings(), { code: "OUTPUT_MISSING" });
});

for (const pooling of ["mean", "cls", "last"] as const) {
  test(`an encoder pools the tokens of each sequence: ${pooling}`, () => {
    using context = bert.createContext({ contextSize: 512, embeddings: true, pooling, maxSequences: 2 });
    using perToken = bert.createContext({ contextSize: 512, embeddings: true, pooling: "none" });
    const texts = ["hello world", "the cat"].map((text) => bert.vocab.tokenize(text, { addSpecial: true }));
    using batch = new Batch({ capacity: 64 });
    texts.forEach((tokens, sequence) =>
      tokens.forEach((token, position) => batch.add(token, { position, sequences: [sequence], output: true })),
    );
    context.encode(batch);
    texts.forEach((tokens, sequence) => {
      perToken.encode(tokens);
      assert.equal(perToken.outputs, tokens.length);
      const rows = tokens.length;
      const expected = Array.from(context.sequenceEmbedding(sequence), (_, column) => {
        const values = Array.from({ length: rows }, (_row, row) => perToken.embedding(row).at(column) ?? NaN);
        if (pooling === "mean") return values.reduce((sum, value) => sum + value, 0) / rows;
        return values.at(pooling === "cls" ? 0 : -1) ?? NaN;
      });
      assertClose(context.sequenceEmbedding(sequence), expected, 1e-3);
    });
    assert.throws(() => context.embedding(0), { code: "OUTPUT_MISSING" });
  });
}

test("encodeAsync gives exactly what encode does", async () => {
  using one = bert.createContext({ contextSize: 512, embeddings: true });
  using other = bert.createContext({ contextSize: 512, embeddings: true });
  const tokens = bert.vocab.tokenize("hello world", { addSpecial: true });
  one.encode(tokens);
  await other.encodeAsync(tokens);
  assert.deepEqual(one.sequenceEmbedding().toFloat32Array(), other.sequenceEmbedding().toFloat32Array());
});

test("a classifier gives a score for each label, a reranker one", () => {
  for (const [tiny, scores] of [
    [tinyBert({ pooling: "rank" }), 3],
    [tinyReranker(), 1],
  ] as const) {
    using model = Model.load(tiny.path);
    using context = model.createContext({ contextSize: 512, embeddings: true });
    assert.equal(context.limits.pooling, "rank");
    assert.equal(context.limits.classes, scores);
    const scoreOf = (text: string): Float32Array => {
      context.encode(model.vocab.tokenize(text, { addSpecial: true }));
      return context.sequenceEmbedding().toFloat32Array();
    };
    assert.equal(scoreOf("hello").length, scores);
    assertApart(scoreOf("hello"), scoreOf("the cat"), 1e-6);
    assert.deepEqual(scoreOf("hello"), scoreOf("hello"));
  }
});

test("a decoder with mean pooling gives a sentence embedding", () => {
  using model = Model.load(tinyLlama({ embedding: true }).path);
  using context = model.createContext({ contextSize: 256, embeddings: true });
  context.decode(prompt);
  const one = context.sequenceEmbedding().toFloat32Array();
  assert.equal(one.length, model.embeddingSize);
  context.memory.clear();
  context.decode(prompt.subarray(0, 3));
  assertApart(context.sequenceEmbedding(), one, 1e-4);
});

test("an encoder-decoder decodes what follows from what it has encoded", () => {
  using context = t5.createContext({ contextSize: 256 });
  const start = t5.decoderStartToken;
  assert.ok(start !== undefined);
  const answerTo = (text: string): Float32Array => {
    context.memory.clear();
    context.encode(t5.vocab.tokenize(text, { addSpecial: true }));
    context.decode([start]);
    return lastLogits(context);
  };
  const one = answerTo("hello world");
  assertApart(one, answerTo("something else"), 1e-3);
  assertClose(one, answerTo("hello world"), 0);
});

test("without the model's part, encode and decode say so", () => {
  using decoder = llama.createContext({ contextSize: 256 });
  assert.throws(() => decoder.encode(prompt), { code: "UNSUPPORTED" });
  using encoder = bert.createContext({ contextSize: 256, embeddings: true });
  encoder.encode([5, 6]);
  assert.throws(() => encoder.memory.clear(), { code: "UNSUPPORTED" });
});

test("the causal switch decides whether a token sees the ones after it", () => {
  const firstOf = (causal: boolean, second: number): Float32Array => {
    using context = llama.createContext({ contextSize: 256 });
    context.setCausalAttention(causal);
    using batch = new Batch({ capacity: 2 });
    batch.add(prompt[0] ?? 0, { position: 0, output: true });
    batch.add(second, { position: 1, output: true });
    context.decode(batch);
    return context.logits(0).toFloat32Array();
  };
  assertClose(firstOf(true, 50), firstOf(true, 60), 0);
  assertApart(firstOf(false, 50), firstOf(false, 60));
});

test("a diffusion model sees both ways from the start", () => {
  using model = Model.load(tinyDiffusion().path);
  using context = model.createContext({ contextSize: 256 });
  const firstOf = (second: number): Float32Array => {
    using batch = new Batch({ capacity: 2 });
    batch.add(20, { position: 0, output: true });
    batch.add(second, { position: 1, output: true });
    context.decode(batch);
    return context.logits(0).toFloat32Array();
  };
  assertApart(firstOf(50), firstOf(60));
});
