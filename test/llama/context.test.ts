import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Batch } from "../../src/llama/batch.js";
import type { Context } from "../../src/llama/context.js";
import { Model } from "../../src/llama/model.js";
import { Threadpool } from "../../src/llama/threadpool.js";
import { setLogHandler } from "../../src/native/index.js";
import { tinyBert, tinyLlama, tinyT5 } from "../support/tiny-models.js";

const model = Model.load(tinyLlama().path);
const t5 = Model.load(tinyT5().path);
const bert = Model.load(tinyBert().path);
after(() => [model, t5, bert].forEach((one) => one.dispose()));

const tokens = model.vocab.tokenize("once upon a time there was a small llama");

/** Every public way to use a context and what belongs to it. */
const uses: Readonly<Record<string, (context: Context) => unknown>> = {
  decode: (context) => context.decode(tokens),
  decodeAsync: (context) => context.decodeAsync(tokens),
  encode: (context) => context.encode(tokens),
  encodeAsync: (context) => context.encodeAsync(tokens),
  logits: (context) => context.logits(),
  allLogits: (context) => context.allLogits(),
  embedding: (context) => context.embedding(),
  allEmbeddings: (context) => context.allEmbeddings(),
  sequenceEmbedding: (context) => context.sequenceEmbedding(),
  backendOutput: (context) => context.backendOutput(),
  setBackendSampler: (context) => context.setBackendSampler(0, undefined),
  setAdapters: (context) => context.setAdapters([]),
  setControlVector: (context) => context.setControlVector(undefined),
  threads: (context) => context.threads,
  batchThreads: (context) => context.batchThreads,
  setThreads: (context) => context.setThreads(1),
  detachThreadpool: (context) => context.detachThreadpool(),
  setCausalAttention: (context) => context.setCausalAttention(true),
  setEmbeddings: (context) => context.setEmbeddings(false),
  synchronize: (context) => context.synchronize(),
  performance: (context) => context.performance,
  resetPerformance: (context) => context.resetPerformance(),
  logPerformance: (context) => context.logPerformance(),
  "memory.clear": ({ memory }) => memory.clear(),
  "memory.remove": ({ memory }) => memory.remove(0),
  "memory.copy": ({ memory }) => memory.copy(0, 0),
  "memory.keep": ({ memory }) => memory.keep(0),
  "memory.shift": ({ memory }) => memory.shift(0, {}, 1),
  "memory.divide": ({ memory }) => memory.divide(0, {}, 2),
  "memory.range": ({ memory }) => memory.range(0),
  "memory.canShift": ({ memory }) => memory.canShift,
  "state.size": ({ state }) => state.size,
  "state.save": ({ state }) => state.save(),
  "state.saveAsync": ({ state }) => state.saveAsync(),
  "state.load": ({ state }) => state.load(new Uint8Array(200)),
  "state.loadAsync": ({ state }) => state.loadAsync(new Uint8Array(200)),
  "state.saveFile": ({ state }) => state.saveFile("never-written"),
  "state.saveFileAsync": ({ state }) => state.saveFileAsync("never-written"),
  "state.loadFile": ({ state }) => state.loadFile("never-written"),
  "state.loadFileAsync": ({ state }) => state.loadFileAsync("never-written"),
  "state.sequenceSize": ({ state }) => state.sequenceSize(0),
  "state.saveSequence": ({ state }) => state.saveSequence(0),
  "state.loadSequence": ({ state }) => state.loadSequence(new Uint8Array(200), 0),
  "state.saveSequenceFile": ({ state }) => state.saveSequenceFile("never-written", 0),
  "state.loadSequenceFile": ({ state }) => state.loadSequenceFile("never-written", 0),
};

for (const [name, use] of Object.entries(uses)) {
  test(`${name} throws DISPOSED on a disposed context, and BUSY on a busy one, which then goes on`, async () => {
    const context = model.createContext({ contextSize: 256 });
    const running = context.decodeAsync(tokens);
    await assert.rejects(async () => use(context), { code: "BUSY" });
    await running;
    assert.equal(context.logits().length, model.vocab.size);
    context.dispose();
    assert.equal(context.disposed, true);
    await assert.rejects(async () => use(context), { code: "DISPOSED" });
    context.dispose();
    context.abort();
  });
}

test("disposing a busy context waits for the call, whose result is gone", async () => {
  const context = model.createContext({ contextSize: 256 });
  const running = context.decodeAsync(tokens);
  context.dispose();
  await running;
  assert.throws(() => context.logits(), { code: "DISPOSED" });
});

test("a model may be disposed before its contexts, which go on", () => {
  const own = Model.load(tinyLlama().path);
  using context = own.createContext({ contextSize: 256 });
  own.dispose();
  context.decode(tokens);
  assert.equal(context.outputs, 1);
  assert.throws(() => own.createContext(), { code: "DISPOSED" });
});

test("threads are those that were set", () => {
  using context = model.createContext({ contextSize: 256, threads: 1, batchThreads: 2 });
  assert.deepEqual([context.threads, context.batchThreads], [1, 2]);
  context.setThreads(2, 1);
  assert.deepEqual([context.threads, context.batchThreads], [2, 1]);
  context.setThreads(1);
  assert.deepEqual([context.threads, context.batchThreads], [1, 1]);
  for (const wrong of [0, 513, 1.5, NaN, "2" as never])
    assert.throws(() => context.setThreads(wrong), { code: "ARGUMENT_INVALID" });
  context.decode(tokens);
});

test("a threadpool can be attached, detached, and disposed while attached", () => {
  using context = model.createContext({ contextSize: 256, threads: 2 });
  const pool = new Threadpool({ threads: 2 });
  context.decode(tokens);
  const expected = context.logits().toFloat32Array();
  const again = (): void => {
    context.memory.clear();
    context.decode(tokens);
    assert.deepEqual(context.logits().toFloat32Array(), expected);
  };
  context.attachThreadpool(pool);
  again();
  pool.dispose();
  again();
  context.detachThreadpool();
  again();
  assert.throws(() => context.attachThreadpool(pool), { code: "DISPOSED" });
});

test("performance counts tokens, and times where it was asked to measure", () => {
  using context = model.createContext({ contextSize: 256, measure: true });
  for (const input of [tokens, [5], [6]]) {
    context.decode(input);
    // C counts when it has waited for the result.
    context.synchronize();
  }
  const { promptTokens, decodedTokens, promptTime, decodeTime, start, reusedGraphs } = context.performance;
  assert.deepEqual([promptTokens, decodedTokens], [tokens.length, 2]);
  assert.ok(promptTime > 0 && decodeTime > 0 && start > 0 && reusedGraphs >= 0);
  context.resetPerformance();
  assert.ok(context.performance.decodedTokens <= 1);
});

test("logPerformance reaches the log handler", () => {
  using context = model.createContext({ contextSize: 256, measure: true });
  context.decode(tokens);
  const lines: string[] = [];
  setLogHandler(({ text }) => lines.push(text));
  context.logPerformance();
  setLogHandler(undefined);
  assert.match(lines.join("\n"), /eval time/);
});

test("views are stale after the next computation, a loaded state, and disposal", () => {
  const context = model.createContext({ contextSize: 256, embeddings: true });
  const saved = context.state.save();
  const invalidators: readonly (() => void)[] = [
    () => context.decode([5]),
    () => assert.throws(() => context.decode(batchWithGap()), { code: "DECODE_FAILED" }),
    () => context.state.load(saved),
  ];
  for (const invalidate of invalidators) {
    context.memory.clear();
    context.decode(tokens);
    const views = [context.logits(), context.allLogits(), context.embedding(), context.allEmbeddings()];
    const kept = views.map((view) => view.toFloat32Array(0, 1));
    assert.ok(kept.every((copy) => copy.length === 1 && Number.isFinite(copy[0])));
    invalidate();
    for (const view of views) {
      assert.throws(() => view.at(0), { code: "STALE_VIEW" });
      assert.throws(() => view.argmax(), { code: "STALE_VIEW" });
      assert.throws(() => [...view], { code: "STALE_VIEW" });
      assert.throws(() => view.copyTo(new Float32Array(view.length)), { code: "STALE_VIEW" });
    }
  }
  context.memory.clear();
  context.decode(tokens);
  const view = context.logits();
  context.dispose();
  assert.throws(() => view.at(0), { code: "DISPOSED" });
});

function batchWithGap(): Batch {
  const batch = new Batch({ capacity: 1 });
  batch.add(5, { position: 200 });
  return batch;
}

test("a view is read like an array", () => {
  using context = model.createContext({ contextSize: 256 });
  context.decode(tokens);
  const view = context.logits();
  const copy = view.toFloat32Array();
  assert.equal(view.at(-1), copy.at(-1));
  assert.equal(view.at(copy.length), undefined);
  assert.deepEqual(Float32Array.from(view), copy);
  assert.equal(copy[view.argmax()], Math.max(...copy));
  const target = new Float32Array(copy.length + 2);
  view.copyTo(target, 2);
  assert.deepEqual(target.subarray(2), copy);
  assert.throws(() => view.copyTo(target, 3), { code: "ARGUMENT_INVALID" });
});

test("decode refuses wrong tokens, batches and options, and works afterwards", async () => {
  using context = model.createContext({ contextSize: 256, batchSize: 16 });
  const wrong: readonly unknown[] = [
    [],
    [-1],
    [model.vocab.size],
    [1.5],
    ["5"],
    "5",
    null,
    new Float32Array(2),
    Array.from({ length: 17 }, () => 5),
    Object.assign(Array.from({ length: 2 }), { 1: 5 }),
  ];
  for (const input of wrong) {
    assert.throws(() => context.decode(input as never), { code: "ARGUMENT_INVALID" });
    await assert.rejects(context.decodeAsync(input as never), { code: "ARGUMENT_INVALID" });
  }
  assert.throws(() => context.decode([5], { signal: {} as never }), { code: "ARGUMENT_INVALID" });
  assert.throws(() => context.decode([5], { abort: true } as never), { code: "ARGUMENT_INVALID" });
  using second = new Batch({ capacity: 1 });
  second.add(5, { position: 0, sequences: [1] });
  assert.throws(() => context.decode(second), { code: "ARGUMENT_INVALID" });
  using narrow = new Batch({ capacity: 1, embeddingSize: 8 });
  narrow.addEmbedding(new Float32Array(8), { position: 0 });
  assert.throws(() => context.decode(narrow), { code: "ARGUMENT_INVALID" });
  using gap = batchWithGap();
  context.decode([5]);
  assert.throws(() => context.decode(gap), { code: "DECODE_FAILED" });
  context.decode([6]);
  assert.equal(context.memory.range(0)?.last, 1);
});

test("a full cache is KV_CACHE_FULL, and usable again when something is removed", () => {
  using context = model.createContext({ contextSize: 256 });
  const list = Array.from({ length: 250 }, (_, index) => 20 + (index % 50));
  context.decode(list);
  assert.throws(() => context.decode(list.slice(0, 7)), { code: "KV_CACHE_FULL" });
  assert.equal(context.memory.range(0)?.last, 249);
  context.decode(list.slice(0, 6));
  assert.throws(() => context.decode([5]), { code: "KV_CACHE_FULL" });
  context.memory.remove(0, { from: 200 });
  context.decode([5]);
  assert.equal(context.outputs, 1);
});

test("the decoder of an encoder-decoder waits for its encoder", () => {
  using context = t5.createContext({ contextSize: 256 });
  assert.throws(() => context.decode([5]), { code: "DECODE_FAILED" });
  context.encode([5, 6, 7]);
  context.decode([5]);
});

test("a model that has learned its positions refuses others", () => {
  using context = bert.createContext({ contextSize: 1024, embeddings: true, microBatchSize: 1024 });
  const list = Array.from({ length: 513 }, () => 5);
  assert.throws(() => context.encode(list), { code: "ARGUMENT_INVALID" });
  using batch = new Batch({ capacity: 1 });
  batch.add(5, { position: 512 });
  assert.throws(() => context.encode(batch), { code: "ARGUMENT_INVALID" });
  context.encode(list.slice(1));
});
