import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { GgufFile, metadataNumber, metadataString, metadataStrings, writeGguf } from "../../src/gguf/index.js";
import {
  buildTinyLlama,
  tinyControlVector,
  tinyLlama,
  tinyLora,
  type TinyLlamaOptions,
} from "../support/tiny-models.js";

function digest(options: TinyLlamaOptions): string {
  return createHash("sha256")
    .update(writeGguf(buildTinyLlama(options)))
    .digest("hex");
}

test("the same options give the same bytes, on every machine", () => {
  assert.equal(digest({}), digest({}));
  assert.equal(digest({ type: "F16", vocab: "bpe" }), digest({ type: "F16", vocab: "bpe" }));
  assert.equal(digest({}), "3420c5f6f1300b5a91df9faba0e6c5b922c91657bc398e005d24546691fe27b5");
});

test("another seed, type or vocabulary gives another model", () => {
  const digests = [
    {},
    { seed: 2 },
    { type: "F16" },
    { type: "BF16" },
    { vocab: "bpe" },
    { embedding: true },
    { layers: 3 },
  ] as const;
  assert.equal(new Set(digests.map(digest)).size, digests.length);
});

test("a model is written once a process for the same options", () => {
  assert.equal(tinyLlama({ seed: 7 }).path, tinyLlama({ seed: 7 }).path);
  assert.notEqual(tinyLlama({ seed: 7 }).path, tinyLlama({ seed: 8 }).path);
});

test("a model's file says what the model's description says", () => {
  const model = tinyLlama({ layers: 3, embeddingSize: 32, heads: 2, kvHeads: 1 });
  using file = GgufFile.open(model.path);
  const { metadata } = file.header;
  assert.equal(metadataString(metadata, "general.architecture"), "llama");
  assert.equal(metadataNumber(metadata, "llama.block_count"), 3);
  assert.equal(metadataStrings(metadata, "tokenizer.ggml.tokens")?.length, model.vocab.size);
  assert.deepEqual(file.tensor("blk.2.attn_k.weight").shape, [32, 16]);
  const norms = file.readFloats("output_norm.weight");
  assert.ok(norms.every((value) => value === 1));
  const weights = file.readFloats("blk.0.attn_q.weight");
  const deviation = Math.sqrt(weights.reduce((sum, value) => sum + value * value, 0) / weights.length);
  assert.ok(Math.abs(deviation - 1 / Math.sqrt(32)) < 0.01, String(deviation));
});

test("F16 weights are the F32 weights, rounded", () => {
  using exact = GgufFile.open(tinyLlama().path);
  using half = GgufFile.open(tinyLlama({ type: "F16" }).path);
  const [a, b] = [exact.readFloats("output.weight"), half.readFloats("output.weight")];
  assert.equal(half.tensor("output.weight").type, "F16");
  assert.ok(a.every((value, i) => Math.abs(value - (b.at(i) ?? NaN)) <= Math.abs(value) / 2048 + 2 ** -25));
});

test("an adapter's matrices fit the model's, and a control vector has a direction a layer after the first", () => {
  const model = tinyLlama();
  using base = GgufFile.open(model.path);
  using lora = GgufFile.open(tinyLora(model, { rank: 3 }));
  for (const [name, { shape }] of lora.header.tensors) {
    const [columns, rows] = base.tensor(name.replace(/\.lora_[ab]$/, "")).shape;
    assert.deepEqual(shape, name.endsWith("_a") ? [columns, 3] : [3, rows]);
  }
  const vector = tinyControlVector(model);
  using file = GgufFile.open(vector.path);
  assert.deepEqual([...file.header.tensors.keys()], ["direction.1"]);
  assert.deepEqual(file.readFloats("direction.1"), vector.data);
});
