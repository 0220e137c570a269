/** LoRA adapters and control vectors: what they change, and that it is gone when they are. */
import assert from "node:assert/strict";
import { appendFileSync, copyFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Context } from "../../src/llama/context.js";
import { ControlVector } from "../../src/llama/control-vector.js";
import { LoraAdapter } from "../../src/llama/lora-adapter.js";
import { Model } from "../../src/llama/model.js";
import { assertApart, assertClose } from "../support/numbers.js";
import { tinyControlVector, tinyDirectory, tinyForeignLora, tinyLlama, tinyLora } from "../support/tiny-models.js";

const tiny = tinyLlama({ layers: 3 });
const model = Model.load(tiny.path);
const [first, second] = [1, 2].map((seed) => tinyLora(tiny, { seed })) as [string, string];
const context = model.createContext({ contextSize: 256 });
after(() => {
  context.dispose();
  model.dispose();
});

function logits(of: Context = context): Float32Array {
  of.memory.clear();
  of.decode([20, 30, 40]);
  return of.logits().toFloat32Array();
}

const plain = logits();

function restored(): void {
  context.setAdapters([]);
  context.setControlVector(undefined);
  assert.deepEqual(logits(), plain);
}

test("an adapter changes the logits, and taking it off restores them exactly", () => {
  using adapter = LoraAdapter.load(model, first);
  context.setAdapters([{ adapter }]);
  const changed = logits();
  assertApart(changed, plain);
  restored();
  context.setAdapters([{ adapter, scale: 1 }]);
  assert.deepEqual(logits(), changed);
  context.setAdapters([{ adapter, scale: 0.5 }]);
  assertApart(logits(), changed);
  context.setAdapters([{ adapter, scale: 0 }]);
  assertClose(logits(), plain, 1e-4);
  restored();
});

test("two adapters work at once, in any order, and one takes the place of another", () => {
  using one = LoraAdapter.load(model, first);
  using two = LoraAdapter.load(model, second);
  context.setAdapters([{ adapter: one }]);
  const withOne = logits();
  context.setAdapters([{ adapter: two }]);
  const withTwo = logits();
  assertApart(withOne, withTwo);
  context.setAdapters([{ adapter: one }, { adapter: two }]);
  const both = logits();
  assertApart(both, withOne);
  assertApart(both, withTwo);
  context.setAdapters([{ adapter: two }, { adapter: one }]);
  assertClose(logits(), both, 1e-3);
  restored();
});

test("a disposed adapter stays in effect until it is replaced, and cannot be set again", () => {
  const adapter = LoraAdapter.load(model, first);
  context.setAdapters([{ adapter }]);
  const changed = logits();
  adapter.dispose();
  adapter.dispose();
  assert.equal(adapter.disposed, true);
  assert.deepEqual(logits(), changed);
  restored();
  assert.throws(() => context.setAdapters([{ adapter }]), { code: "DISPOSED" });
  assert.throws(() => adapter.invocationTokens, { code: "DISPOSED" });
  assert.throws(() => adapter.metadata("x"), { code: "DISPOSED" });
  assert.throws(() => adapter.metadataEntries(), { code: "DISPOSED" });
});

test("a model may be disposed before its adapters and contexts", () => {
  const own = Model.load(tiny.path);
  const adapter = LoraAdapter.load(own, first);
  const busy = own.createContext({ contextSize: 256 });
  busy.setAdapters([{ adapter }]);
  own.dispose();
  assertApart(logits(busy), plain);
  assert.throws(() => LoraAdapter.load(own, first), { code: "DISPOSED" });
  busy.dispose();
  assert.equal(adapter.metadata("general.type"), "adapter");
  adapter.dispose();
});

test("an adapter of another model is refused", () => {
  assert.throws(() => LoraAdapter.load(model, tinyForeignLora(tiny)), { code: "ADAPTER_LOAD_FAILED" });
  assert.throws(() => LoraAdapter.load(model, tinyLora(tiny, { architecture: "qwen2" })), {
    code: "ADAPTER_LOAD_FAILED",
  });
  using same = Model.load(tiny.path);
  using adapter = LoraAdapter.load(same, first);
  assert.throws(() => context.setAdapters([{ adapter }]), { code: "ARGUMENT_INVALID" });
  restored();
});

test("wrong lists of adapters and wrong files are refused", () => {
  using adapter = LoraAdapter.load(model, first);
  const wrong: readonly unknown[] = [
    undefined,
    [adapter],
    [{ adapter }, { adapter }],
    [{ adapter, scale: NaN }],
    [{ adapter, scale: "1" }],
    [{}],
    [null],
  ];
  for (const uses of wrong) assert.throws(() => context.setAdapters(uses as never), { code: "ARGUMENT_INVALID" });
  const cut = join(tinyDirectory(), "cut.gguf");
  writeFileSync(cut, readFileSync(first).subarray(0, -300));
  assert.throws(
    () => LoraAdapter.load(model, cut),
    (error: Error & { code?: string }) => ["GGUF_INVALID", "ADAPTER_LOAD_FAILED"].includes(error.code ?? ""),
  );
  assert.throws(
    () => LoraAdapter.load(model, tiny.path),
    (error: Error & { code?: string }) => ["GGUF_INVALID", "ADAPTER_LOAD_FAILED"].includes(error.code ?? ""),
  );
  assert.throws(() => LoraAdapter.load(model, join(tinyDirectory(), "none.gguf")));
  restored();
});

test("an adapter can be read from the middle of a file", () => {
  const path = join(tinyDirectory(), "two.bin");
  copyFileSync(tiny.path, path);
  appendFileSync(path, Buffer.alloc(64 - (statSync(path).size % 64)));
  const offset = statSync(path).size;
  appendFileSync(path, readFileSync(first));
  using there = LoraAdapter.loadAt(model, path, offset);
  using alone = LoraAdapter.load(model, first);
  context.setAdapters([{ adapter: there }]);
  const changed = logits();
  context.setAdapters([{ adapter: alone }]);
  assert.deepEqual(logits(), changed);
  assert.throws(() => LoraAdapter.loadAt(model, path, -1), { code: "ARGUMENT_INVALID" });
  assert.throws(() => LoraAdapter.loadAt(model, path, offset + 1));
  assert.throws(() => LoraAdapter.loadAt(model, path, 2 ** 40));
  restored();
});

test("an adapter tells its metadata, and the tokens that invoke it", () => {
  using adapter = LoraAdapter.load(model, tinyLora(tiny, { invocationTokens: [5, 6, 7] }));
  assert.deepEqual([...adapter.invocationTokens], [5, 6, 7]);
  assert.equal(adapter.metadata("adapter.lora.task_name"), "tiny");
  assert.equal(adapter.metadata("missing"), undefined);
  const entries = new Map(adapter.metadataEntries());
  assert.equal(entries.get("general.architecture"), "llama");
  assert.equal(entries.get("adapter.type"), "lora");
  using other = LoraAdapter.load(model, first);
  assert.equal(other.invocationTokens.length, 0);
});

test("a control vector changes the logits in proportion, and is taken off exactly", () => {
  const { path, data } = tinyControlVector(tiny);
  const vector = ControlVector.load(path);
  assert.deepEqual(vector.data, data);
  assert.deepEqual([vector.layers, vector.embeddingSize], [tiny.layers - 1, tiny.embeddingSize]);
  context.setControlVector(vector);
  const changed = logits();
  assertApart(changed, plain);
  context.setControlVector(vector.scaled(0.5));
  assertApart(logits(), changed);
  context.setControlVector(vector.plus(vector.scaled(-1)));
  assertClose(logits(), plain, 1e-4);
  context.setControlVector(new ControlVector(data, tiny.embeddingSize));
  assert.deepEqual(logits(), changed);
  restored();
});

test("layers out of the range are not steered, and none of an earlier vector are left", () => {
  const vector = new ControlVector(tinyControlVector(tiny).data, tiny.embeddingSize);
  const of = (firstLayer: number, lastLayer: number): Float32Array => {
    context.setControlVector(vector, { firstLayer, lastLayer });
    return logits();
  };
  const [one, two, both] = [of(1, 1), of(2, 2), of(1, 2)];
  assertApart(one, two);
  assertApart(one, both);
  const short = new ControlVector(vector.data.subarray(0, tiny.embeddingSize), tiny.embeddingSize);
  context.setControlVector(short);
  assertClose(logits(), one, 1e-4);
  restored();
});

test("wrong control vectors and ranges are refused", () => {
  const vector = new ControlVector(new Float32Array(tiny.embeddingSize), tiny.embeddingSize);
  assert.throws(() => new ControlVector(new Float32Array(7), 4), { code: "ARGUMENT_INVALID" });
  assert.throws(() => new ControlVector(new Float32Array(0), 4), { code: "ARGUMENT_INVALID" });
  assert.throws(() => new ControlVector([1] as never, 1), { code: "ARGUMENT_INVALID" });
  assert.throws(() => vector.scaled(Infinity), { code: "ARGUMENT_INVALID" });
  const narrow = new ControlVector(new Float32Array(4), 4);
  assert.throws(() => vector.plus(narrow), { code: "ARGUMENT_INVALID" });
  assert.throws(() => context.setControlVector(narrow), { code: "ARGUMENT_INVALID" });
  assert.throws(() => context.setControlVector({ embeddingSize: tiny.embeddingSize, data: [1] } as never), {
    code: "ARGUMENT_INVALID",
  });
  for (const range of [
    { firstLayer: 0 },
    { firstLayer: 4 },
    { lastLayer: 4 },
    { firstLayer: 2, lastLayer: 1 },
    { layer: 1 } as never,
  ]) {
    assert.throws(() => context.setControlVector(vector, range), { code: "ARGUMENT_INVALID" });
  }
  assert.throws(() => ControlVector.load(tiny.path), { code: "GGUF_INVALID" });
  restored();
});
