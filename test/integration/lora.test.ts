/** A LoRA adapter on the real model: on, it changes the logits; off, they are exactly what they were. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import { encodeTensor, ggufValue, type TensorContent, writeGgufFile } from "../../src/gguf/index.js";
import { LoraAdapter, Model } from "../../src/llama/index.js";
import { smollm2 } from "../support/smollm2.js";
import { TinyRandom } from "../support/tiny-random.js";

const found = await smollm2();
const path = "path" in found ? found.path : "";
const skip = "missing" in found ? found.missing : false;
const RANK = 4;

function adapterFor(model: Model, folder: string): string {
  const random = new TinyRandom(7);
  const matrix = (name: string, shape: [number, number]): TensorContent => ({
    name,
    type: "F32",
    shape,
    data: encodeTensor(
      "F32",
      Float32Array.from({ length: shape[0] * shape[1] }, () => random.normal() * 0.05),
    ),
  });
  const size = model.embeddingSize;
  const tensors = Array.from({ length: model.layers }, (_, layer) => [
    matrix(`blk.${layer}.attn_q.weight.lora_a`, [size, RANK]),
    matrix(`blk.${layer}.attn_q.weight.lora_b`, [RANK, size]),
  ]).flat();
  const file = join(folder, "adapter.gguf");
  writeGgufFile(file, {
    metadata: {
      "general.architecture": ggufValue.string("llama"),
      "general.type": ggufValue.string("adapter"),
      "adapter.type": ggufValue.string("lora"),
      "adapter.lora.alpha": ggufValue.float32(8),
    },
    tensors,
  });
  return file;
}

it("an adapter changes the logits while it is on, and leaves no trace", { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "mullama-lora-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  using model = Model.load(path);
  using adapter = LoraAdapter.load(model, adapterFor(model, folder));
  using context = model.createContext({ contextSize: 256, threads: 2 });
  const tokens = model.vocab.tokenize("The capital of France is");
  const logits = (): Float32Array => {
    context.memory.clear();
    context.decode(tokens);
    return context.logits().toFloat32Array();
  };
  const plain = logits();
  context.setAdapters([{ adapter }]);
  const changed = logits();
  assert.notDeepEqual(changed, plain);
  assert.ok(changed.every(Number.isFinite));
  context.setAdapters([{ adapter, scale: 0 }]);
  assert.deepEqual(logits(), plain);
  context.setAdapters([]);
  assert.deepEqual(logits(), plain);
});
