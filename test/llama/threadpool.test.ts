import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Model } from "../../src/llama/model.js";
import { Threadpool } from "../../src/llama/threadpool.js";
import { assertDisposedRefusals } from "../support/disposed-refusals.js";
import { firstLogits } from "../support/first-logits.js";
import { hasCode } from "../support/has-code.js";
import { tinyLlama } from "../support/tiny-models.js";

const model = Model.load(tinyLlama().path);
const tokens = [1, 50, 51, 52, 53];
const expected = firstLogits(model);
after(() => model.dispose());

test("a context computes the same on a threadpool as without", () => {
  using pool = new Threadpool({ threads: 2 });
  assert.equal(pool.threads, 2);
  using context = model.createContext({ contextSize: 64 });
  context.attachThreadpool(pool);
  context.decode(tokens);
  assert.deepEqual(context.logits().toFloat32Array(), expected);
  context.detachThreadpool();
  context.memory.clear();
  context.decode(tokens);
  assert.deepEqual(context.logits().toFloat32Array(), expected);
});

test("one pool serves several contexts, one of them with a pool for batches", () => {
  using pool = new Threadpool({ threads: 1 });
  using batchPool = new Threadpool({ threads: 3, poll: 0 });
  using one = model.createContext({ contextSize: 64 });
  using other = model.createContext({ contextSize: 64 });
  one.attachThreadpool(pool, batchPool);
  other.attachThreadpool(batchPool);
  for (const context of [one, other, one, other]) {
    context.memory.clear();
    context.decode(tokens);
    assert.deepEqual(context.logits().toFloat32Array(), expected);
  }
});

test("every option makes a pool that computes", () => {
  for (const options of [
    { threads: 2, paused: true },
    { threads: 2, poll: 100 },
    { threads: 2, priority: "low" },
    { threads: 2, processors: [0], strict: true },
  ] as const) {
    using pool = new Threadpool(options);
    using context = model.createContext({ contextSize: 64 });
    context.attachThreadpool(pool);
    context.decode(tokens);
    assert.deepEqual(context.logits().toFloat32Array(), expected, JSON.stringify(options));
  }
});

test("a paused pool computes when it has to", () => {
  using pool = new Threadpool({ threads: 2 });
  using context = model.createContext({ contextSize: 64 });
  context.attachThreadpool(pool);
  pool.pause();
  context.decode(tokens);
  pool.pause();
  pool.resume();
  pool.resume();
  context.memory.clear();
  context.decode(tokens);
  assert.deepEqual(context.logits().toFloat32Array(), expected);
});

test("a pool and its context are disposed in any order, and the pool lives as long as it is attached", () => {
  for (const poolFirst of [true, false]) {
    const pool = new Threadpool({ threads: 2 });
    const context = model.createContext({ contextSize: 64 });
    context.attachThreadpool(pool);
    if (poolFirst) pool.dispose();
    context.decode(tokens);
    assert.deepEqual(context.logits().toFloat32Array(), expected);
    context.dispose();
    pool.dispose();
    assert.throws(() => model.createContext().attachThreadpool(pool), hasCode("DISPOSED"));
  }
});

test("while an asynchronous computation is on a pool, another on it, a pause and a resume are refused", async () => {
  using pool = new Threadpool({ threads: 2 });
  using one = model.createContext({ contextSize: 64 });
  using other = model.createContext({ contextSize: 64 });
  one.attachThreadpool(pool);
  other.attachThreadpool(pool);
  const done = one.decodeAsync(tokens);
  assert.throws(() => other.decode(tokens), hasCode("BUSY", /threadpool/));
  await assert.rejects(other.decodeAsync(tokens), hasCode("BUSY"));
  assert.throws(() => pool.pause(), hasCode("BUSY"));
  assert.throws(() => pool.resume(), hasCode("BUSY"));
  await done;
  await other.decodeAsync(tokens);
  assert.deepEqual(one.logits().toFloat32Array(), expected);
  assert.deepEqual(other.logits().toFloat32Array(), expected);
});

test("wrong options are refused by name", () => {
  const wrong: Record<string, unknown>[] = [
    { threads: 0 },
    { threads: 513 },
    { threads: 1.5 },
    { threads: "2" },
    { threads: 2, priority: "highest" },
    { threads: 2, poll: 101 },
    { threads: 2, poll: -1 },
    { threads: 2, processors: [512] },
    { threads: 2, processors: 0 },
    { threads: 2, strict: true },
    { threads: 2, paused: 1 },
    { threads: 2, n_poll: 1 },
    {},
  ];
  for (const options of wrong)
    assert.throws(() => new Threadpool(options as never), hasCode("ARGUMENT_INVALID"), JSON.stringify(options));
  for (const options of [undefined, null, 2])
    assert.throws(() => new Threadpool(options as never), hasCode("ARGUMENT_INVALID"));
  using context = model.createContext({ contextSize: 64 });
  for (const pool of [{}, null, undefined, 1, "pool"]) {
    assert.throws(() => context.attachThreadpool(pool as never), hasCode("DISPOSED", /not made by mullama/));
  }
  for (const pool of [model, context]) {
    assert.throws(() => context.attachThreadpool(pool as never), hasCode("ARGUMENT_INVALID", /ggml_threadpool/));
  }
  context.decode(tokens);
  assert.deepEqual(context.logits().toFloat32Array(), expected);
});

test("every use of a disposed pool is refused", async () => {
  const pool = new Threadpool({ threads: 2 });
  pool.dispose();
  await assertDisposedRefusals(pool, {});
});
