import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Batch } from "../../src/llama/batch.js";
import { Model } from "../../src/llama/model.js";
import { tinyHybrid, tinyLlama } from "../support/tiny-models.js";

const model = Model.load(tinyLlama().path);
after(() => model.dispose());

test("a batch counts what is in it, and can be filled again", () => {
  using batch = new Batch({ capacity: 3, sequencesPerToken: 2 });
  using context = model.createContext({ contextSize: 256, maxSequences: 2, kvUnified: true });
  for (let round = 0; round < 3; round++) {
    batch.add(5, { position: round * 2 });
    batch.add(6, { position: round * 2 + 1, sequences: [0], output: true });
    batch.add(7, { position: round, sequences: [1], output: true });
    assert.deepEqual([batch.length, batch.outputs], [3, 2]);
    assert.throws(() => batch.add(8, { position: 9 }), { code: "ARGUMENT_INVALID" });
    context.decode(batch);
    assert.equal(context.outputs, 2);
    batch.clear();
    assert.deepEqual([batch.length, batch.outputs], [0, 0]);
  }
  assert.throws(() => context.decode(batch), { code: "ARGUMENT_INVALID" });
});

test("wrong sizes are refused", () => {
  const wrong: readonly unknown[] = [
    undefined,
    {},
    { capacity: 0 },
    { capacity: 1.5 },
    { capacity: 2 ** 30 },
    { capacity: 1, sequencesPerToken: 257 },
    { capacity: 1, embeddingSize: -1 },
    { capacity: 1, size: 2 },
  ];
  for (const options of wrong) assert.throws(() => new Batch(options as never), { code: "ARGUMENT_INVALID" });
});

test("wrong entries are refused, and leave the batch as it was", () => {
  using batch = new Batch({ capacity: 4, sequencesPerToken: 2 });
  batch.add(5, { position: 0 });
  const wrong: readonly unknown[] = [
    undefined,
    {},
    { position: -1 },
    { position: 2 ** 31 - 1 },
    { position: 0, sequences: [] },
    { position: 0, sequences: [0, 1, 2] },
    { position: 0, sequences: [0, 0] },
    { position: 0, sequences: [256] },
    { position: 0, sequences: 0 },
    { position: 0, output: 1 },
    { position: 0, sequence: 1 },
  ];
  for (const entry of wrong) assert.throws(() => batch.add(5, entry as never), { code: "ARGUMENT_INVALID" });
  for (const token of [-1, 1.5, "5", 2 ** 31])
    assert.throws(() => batch.add(token as never, { position: 1 }), { code: "ARGUMENT_INVALID" });
  assert.throws(() => batch.addEmbedding(new Float32Array(4), { position: 1 }), { code: "ARGUMENT_INVALID" });
  assert.equal(batch.length, 1);
  using embeddings = new Batch({ capacity: 1, embeddingSize: 4 });
  assert.throws(() => embeddings.add(5, { position: 0 }), { code: "ARGUMENT_INVALID" });
  assert.throws(() => embeddings.addEmbedding(new Float32Array(3), { position: 0 }), { code: "ARGUMENT_INVALID" });
  assert.throws(() => embeddings.addEmbedding([1, 2, 3, 4] as never, { position: 0 }), { code: "ARGUMENT_INVALID" });
});

test("a model with several positions an embedding refuses a batch of them, and works afterwards", () => {
  using hybrid = Model.load(tinyHybrid().path);
  using context = hybrid.createContext({ contextSize: 256 });
  using batch = new Batch({ capacity: 1, embeddingSize: context.limits.inputSize });
  batch.addEmbedding(new Float32Array(context.limits.inputSize), { position: 0 });
  assert.throws(() => context.decode(batch), { code: "UNSUPPORTED" });
  context.decode([5, 6]);
});

const uses: Readonly<Record<string, (batch: Batch) => unknown>> = {
  add: (batch) => batch.add(5, { position: 9 }),
  addEmbedding: (batch) => batch.addEmbedding(new Float32Array(4), { position: 9 }),
  clear: (batch) => batch.clear(),
};

for (const [name, use] of Object.entries(uses)) {
  test(`${name} throws BUSY while the batch is computed, and DISPOSED on a disposed one`, async () => {
    using context = model.createContext({ contextSize: 256 });
    const batch = new Batch({ capacity: 4 });
    batch.add(5, { position: 0, output: true });
    const running = context.decodeAsync(batch);
    assert.throws(() => use(batch), { code: "BUSY" });
    await running;
    batch.add(6, { position: 1, output: true });
    const again = context.decodeAsync(batch).catch((error: unknown) => error);
    batch.dispose();
    await again;
    assert.equal(batch.disposed, true);
    assert.throws(() => use(batch), { code: "DISPOSED" });
    assert.throws(() => context.decode(batch), { code: "DISPOSED" });
    batch.dispose();
  });
}
