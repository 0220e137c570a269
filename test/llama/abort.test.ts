// Stopping a computation in the middle. The models are small, so a long prompt in small slices is what takes a while.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Context } from "../../src/llama/context.js";
import { Model } from "../../src/llama/model.js";
import { assertClose } from "../support/numbers.js";
import { tinyLlama } from "../support/tiny-models.js";

const model = Model.load(tinyLlama({ layers: 6, embeddingSize: 256, feedForwardSize: 1024 }).path);
after(() => model.dispose());

const LONG = Array.from({ length: 4000 }, (_, index) => 20 + (index % 300));

function create(): Context {
  return model.createContext({ contextSize: 4096, batchSize: 4096, microBatchSize: 16, threads: 1 });
}

/** The context computes a short prompt as a new one does. */
function assertUsable(context: Context): void {
  using fresh = model.createContext({ contextSize: 256 });
  context.memory.clear();
  context.decode([20, 21, 22]);
  fresh.decode([20, 21, 22]);
  assertClose(context.logits(), fresh.logits(), 2e-2);
}

test("an AbortSignal stops a long decode in the middle; the context is usable afterwards", async () => {
  using context = create();
  const controller = new AbortController();
  const running = context.decodeAsync(LONG, { signal: controller.signal });
  setTimeout(() => controller.abort(new RangeError("enough")), 20);
  await assert.rejects(
    running,
    (error: Error & { code?: string }) => error.code === "ABORTED" && error.cause instanceof RangeError,
  );
  const reached = context.memory.range(0)?.last ?? -1;
  assert.ok(reached < LONG.length - 1, `it reached ${reached}`);
  assert.equal(context.outputs, 0);
  assert.throws(() => context.logits(), { code: "OUTPUT_MISSING" });
  context.decode([30]);
  assert.equal(context.memory.range(0)?.last, reached + 1);
  assertUsable(context);
});

test("context.abort() does so too", async () => {
  using context = create();
  const running = context.decodeAsync(LONG);
  setTimeout(() => context.abort(), 20);
  await assert.rejects(running, { code: "ABORTED" });
  assertUsable(context);
});

test("a signal that has fired before is seen before anything is computed", async () => {
  using context = create();
  const signal = AbortSignal.abort();
  assert.throws(() => context.decode([20], { signal }), { code: "ABORTED" });
  await assert.rejects(context.decodeAsync([20], { signal }), { code: "ABORTED" });
  assert.equal(context.memory.range(0), undefined);
  assertUsable(context);
});

test("an abort while nothing runs stops nothing later", async () => {
  using context = create();
  context.abort();
  await context.decodeAsync([20, 21]);
  const controller = new AbortController();
  await context.decodeAsync([22], { signal: controller.signal });
  controller.abort();
  context.decode([23]);
  assert.equal(context.memory.range(0)?.last, 3);
});

test("an aborted context can be disposed while it stops", async () => {
  const context = create();
  const running = context.decodeAsync(LONG);
  context.abort();
  context.dispose();
  await assert.rejects(running, { code: "ABORTED" });
});
