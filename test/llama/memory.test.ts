/** What a context remembers, and how that is changed. Where logits must agree, the tolerance is 2e-2 of a spread of about 10. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Batch } from "../../src/llama/batch.js";
import type { Context } from "../../src/llama/context.js";
import { Model } from "../../src/llama/model.js";
import { assertApart, assertClose } from "../support/numbers.js";
import { tinyGemma, tinyHybrid, tinyLlama, tinyMamba } from "../support/tiny-models.js";

const TOLERANCE = 2e-2;
const llama = Model.load(tinyLlama().path);
const mamba = Model.load(tinyMamba().path);
const hybrid = Model.load(tinyHybrid().path);
const gemma = Model.load(tinyGemma().path);
after(() => [llama, mamba, hybrid, gemma].forEach((model) => model.dispose()));

const tokens = llama.vocab.tokenize("once upon a time there was a small llama");

/** Computes tokens of one sequence from a position on, and gives the logits of the last. */
function feed(context: Context, sequence: number, from: number, list: Iterable<number>): Float32Array {
  const all = [...list];
  using batch = new Batch({ capacity: all.length });
  all.forEach((token, index) =>
    batch.add(token, { position: from + index, sequences: [sequence], output: index === all.length - 1 }),
  );
  context.decode(batch);
  return context.logits(all.length - 1).toFloat32Array();
}

function fresh(model: Model, list: Iterable<number>): Float32Array {
  using context = model.createContext({ contextSize: 256 });
  return feed(context, 0, 0, list);
}

for (const [name, model] of Object.entries({ llama, gemma, mamba, hybrid })) {
  for (const kvUnified of [true, false]) {
    test(`a copied sequence goes on by itself: ${name}, kvUnified ${kvUnified}`, () => {
      using context = model.createContext({ contextSize: 512, maxSequences: 3, kvUnified });
      feed(context, 0, 0, tokens);
      context.memory.copy(0, 1);
      assert.deepEqual(context.memory.range(1), context.memory.range(0));
      const [one, two] = [
        [20, 21],
        [30, 31],
      ] as const;
      assertClose(feed(context, 1, tokens.length, two), fresh(model, [...tokens, ...two]), TOLERANCE);
      assertClose(feed(context, 0, tokens.length, one), fresh(model, [...tokens, ...one]), TOLERANCE);
      context.memory.keep(1);
      assert.equal(context.memory.range(0), undefined);
      assertClose(feed(context, 1, tokens.length + 2, [40]), fresh(model, [...tokens, ...two, 40]), TOLERANCE);
    });
  }
}

test("removing the end of a sequence lets it go on from there", () => {
  using context = llama.createContext({ contextSize: 256 });
  context.decode(tokens);
  assert.equal(context.memory.remove(0, { from: 4 }), true);
  assert.deepEqual(context.memory.range(0), { first: 0, last: 3 });
  assertClose(feed(context, 0, 4, [50, 51]), fresh(llama, [...tokens.subarray(0, 4), 50, 51]), TOLERANCE);
});

test("removing nothing changes nothing", () => {
  using context = llama.createContext({ contextSize: 256 });
  context.decode(tokens);
  const before = context.memory.range(0);
  assert.equal(context.memory.remove(0, { from: 4, to: 4 }), true);
  assert.equal(context.memory.remove(0, { to: 0 }), true);
  assert.equal(context.memory.remove(undefined, { to: 0 }), true);
  assert.deepEqual(context.memory.range(0), before);
});

test("removing without a sequence means every one", () => {
  for (const model of [llama, mamba, hybrid, gemma]) {
    using context = model.createContext({ contextSize: 512, maxSequences: 2 });
    feed(context, 0, 0, tokens);
    feed(context, 1, 0, tokens);
    assert.equal(context.memory.remove(undefined), true);
    assert.equal(context.memory.range(0), undefined);
    assert.equal(context.memory.range(1), undefined);
    assertClose(feed(context, 1, 0, tokens), fresh(model, tokens), TOLERANCE);
  }
});

test("clear forgets all, with and without the data", () => {
  for (const data of [true, false]) {
    using context = llama.createContext({ contextSize: 256 });
    context.decode([9, 8, 7]);
    context.memory.clear(data);
    assert.equal(context.memory.range(0), undefined);
    assertClose(feed(context, 0, 0, tokens), fresh(llama, tokens), TOLERANCE);
  }
});

test("a shift closes the gap that a removal has left", () => {
  using context = llama.createContext({ contextSize: 256 });
  assert.equal(context.memory.canShift, true);
  context.decode(tokens);
  context.memory.remove(0, { from: 2, to: 5 });
  context.memory.shift(0, { from: 5 }, -3);
  assert.deepEqual(context.memory.range(0), { first: 0, last: tokens.length - 4 });
  const shifted = feed(context, 0, tokens.length - 3, [60]);
  assert.ok(shifted.every(Number.isFinite));
  assertApart(shifted, fresh(llama, [...tokens, 60]));
});

test("shifting a whole sequence changes no relation within it", () => {
  using context = llama.createContext({ contextSize: 256 });
  context.decode(tokens);
  context.memory.shift(0, {}, 100);
  assert.deepEqual(context.memory.range(0), { first: 100, last: tokens.length + 99 });
  assertClose(feed(context, 0, tokens.length + 100, [60]), fresh(llama, [...tokens, 60]), 5e-2);
});

test("division draws positions together", () => {
  using context = llama.createContext({ contextSize: 256 });
  context.decode(tokens);
  context.memory.divide(0, {}, 4);
  const last = Math.floor((tokens.length - 1) / 4);
  assert.deepEqual(context.memory.range(0), { first: 0, last });
  assertApart(feed(context, 0, last + 1, [60]), fresh(llama, [...tokens, 60]));
});

test("shift and divide refuse what would leave C's range, and the memory is as before", () => {
  using context = llama.createContext({ contextSize: 256 });
  context.decode(tokens);
  const { memory } = context;
  const before = memory.range(0);
  assert.throws(() => memory.shift(0, { from: 2 }, -3), { code: "ARGUMENT_INVALID" });
  assert.throws(() => memory.shift(0, {}, 2 ** 31 - 1), { code: "ARGUMENT_INVALID" });
  assert.throws(() => memory.shift(0, {}, 0.5), { code: "ARGUMENT_INVALID" });
  assert.throws(() => memory.divide(0, {}, 0), { code: "ARGUMENT_INVALID" });
  assert.throws(() => memory.divide(0, {}, 1), { code: "ARGUMENT_INVALID" });
  assert.throws(() => memory.remove(0, { from: -1 }), { code: "ARGUMENT_INVALID" });
  assert.throws(() => memory.remove(1), { code: "ARGUMENT_INVALID" });
  assert.throws(() => memory.copy(0, 1), { code: "ARGUMENT_INVALID" });
  assert.throws(() => memory.keep(-1), { code: "ARGUMENT_INVALID" });
  assert.throws(() => memory.range(256), { code: "ARGUMENT_INVALID" });
  assert.throws(() => memory.clear(1 as never), { code: "ARGUMENT_INVALID" });
  assert.deepEqual(memory.range(0), before);
  feed(context, 0, tokens.length, [60]);
});

for (const typeK of ["q8_0", "bf16"] as const) {
  test(`a cache whose keys C cannot turn is not shifted: ${typeK}`, () => {
    using context = llama.createContext({ contextSize: 256, typeK, flashAttention: "off" });
    context.decode(tokens);
    assert.equal(context.memory.canShift, false);
    assert.throws(() => context.memory.shift(0, {}, 1), { code: "UNSUPPORTED" });
    assert.throws(() => context.memory.divide(0, {}, 2), { code: "UNSUPPORTED" });
    context.decode([5]);
  });
}

test("with a split cache only whole sequences can be copied", () => {
  using context = llama.createContext({ contextSize: 512, maxSequences: 2, kvUnified: false });
  feed(context, 0, 0, tokens);
  assert.throws(() => context.memory.copy(0, 1, { to: 3 }), { code: "ARGUMENT_INVALID" });
  using unified = llama.createContext({ contextSize: 512, maxSequences: 2, kvUnified: true });
  feed(unified, 0, 0, tokens);
  unified.memory.copy(0, 1, { to: 3 });
  assert.deepEqual(unified.memory.range(1), { first: 0, last: 2 });
  assertClose(feed(unified, 1, 3, [50]), fresh(llama, [...tokens.subarray(0, 3), 50]), TOLERANCE);
});

test("a recurrent memory cannot forget a part of a sequence, and says so", () => {
  for (const model of [mamba, hybrid]) {
    using context = model.createContext({ contextSize: 256 });
    const last = feed(context, 0, 0, tokens);
    assert.equal(context.memory.remove(0, { from: 5 }), false);
    assert.equal(context.memory.range(0)?.last, tokens.length - 1);
    assertClose(last, fresh(model, tokens), 0);
    assertClose(feed(context, 0, tokens.length, [60]), fresh(model, [...tokens, 60]), TOLERANCE);
  }
});

test("with snapshots a recurrent memory forgets that many of the last tokens", () => {
  using context = hybrid.createContext({ contextSize: 256, recurrentSnapshots: 3 });
  assert.equal(context.limits.recurrentSnapshots, 3);
  feed(context, 0, 0, tokens);
  assert.equal(context.memory.remove(0, { from: tokens.length - 5 }), false);
  assert.equal(context.memory.remove(0, { from: tokens.length - 2 }), true);
  assert.deepEqual(context.memory.range(0)?.last, tokens.length - 3);
  assertClose(feed(context, 0, tokens.length - 2, [50]), fresh(hybrid, [...tokens.subarray(0, -2), 50]), TOLERANCE);
});

test("a sliding window of its own size forgets what has left it", () => {
  using small = gemma.createContext({ contextSize: 512, swaFull: false, microBatchSize: 8, batchSize: 8 });
  using full = gemma.createContext({ contextSize: 512, swaFull: true, microBatchSize: 8, batchSize: 8 });
  for (let start = 0; start < 400; start += 8) {
    const list = Array.from({ length: 8 }, (_, index) => 30 + ((start + index) % 100));
    small.decode(list);
    full.decode(list);
  }
  assertClose(small.logits(), full.logits(), TOLERANCE);
  assert.equal(full.memory.range(0)?.first, 0);
  assert.ok((small.memory.range(0)?.first ?? 0) > 0);
});
