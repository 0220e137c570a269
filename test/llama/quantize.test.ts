/** What quantizing makes: a model that loads and computes nearly as before, with the types that were asked for. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { validateGgufFile, validateModelFile } from "../../src/gguf/index.js";
import { Model } from "../../src/llama/model.js";
import { quantize, quantizeAsync } from "../../src/llama/quantize.js";
import type { QuantizeOptions, QuantizeResult } from "../../src/llama/quantize-options.js";
import { quantizationTypes } from "../../src/llama/quantize-types.js";
import { firstLogits } from "../support/first-logits.js";
import { difference } from "../support/numbers.js";
import {
  tinyBert,
  tinyDirectory,
  tinyGemma,
  tinyHybrid,
  tinyLlama,
  tinyMamba,
  tinySplits,
  tinyT5,
} from "../support/tiny-models.js";

const folder = mkdtempSync(join(tinyDirectory(), "quantize-"));
/** Rows of 256, which K-quants need. */
const wide = { embeddingSize: 256, feedForwardSize: 256, type: "F16" } as const;
const input = tinyLlama(wide).path;
const original = Model.load(input);
const expected = firstLogits(original);
after(() => original.dispose());

let outputs = 0;

function make(options: Omit<QuantizeOptions, "input" | "output">): { output: string; result: QuantizeResult } {
  const output = join(folder, `${outputs++}.gguf`);
  return { output, result: quantize({ input, output, ...options }) };
}

function typesOf(path: string): Map<string, string> {
  return new Map([...validateGgufFile(path).tensors.values()].map(({ name, type }) => [name, type]));
}

/** How far a quantized model's logits are from the original's. */
function errorOf(path: string): number {
  using model = Model.load(path);
  return difference(firstLogits(model), expected);
}

/** The same importance for every column of every matrix. */
function evenImatrix(path: string, value = 1): Record<string, Float32Array> {
  const matrices = [...validateModelFile(path).tensors.values()].filter(({ shape }) => shape.length > 1);
  return Object.fromEntries(
    matrices.map(({ name, shape }) => [name, new Float32Array((shape[0] ?? 0) * (shape[2] ?? 1)).fill(value)]),
  );
}

for (const type of quantizationTypes()) {
  test(`${type}: the result loads and computes, and is as large as it says`, () => {
    const { output, result } = make({ type, imatrix: evenImatrix(input) });
    assert.deepEqual(result.files, [output]);
    const { tensors } = validateGgufFile(output);
    assert.equal(result.tensors.length, tensors.size);
    for (const { name, to, byteLength } of result.tensors) {
      assert.deepEqual([tensors.get(name)?.type, tensors.get(name)?.byteLength], [to, byteLength]);
    }
    using model = Model.load(output);
    assert.ok(firstLogits(model).every(Number.isFinite));
    assert.equal(model.size, result.outputBytes);
    assert.equal(original.size, result.inputBytes);
  });
}

test("fewer bits are smaller and further from the original", () => {
  const steps = (["F16", "Q8_0", "Q4_K_M", "Q2_K"] as const).map((type) => make({ type }));
  const errors = steps.map(({ output }) => errorOf(output));
  const sizes = steps.map(({ output }) => statSync(output).size);
  assert.deepEqual(
    errors,
    errors.toSorted((one, other) => one - other),
  );
  assert.deepEqual(
    sizes,
    sizes.toSorted((one, other) => other - one),
  );
  assert.equal(errors[0], 0);
  assert.ok((errors[1] ?? 1) < 0.1, `Q8_0 differs by ${errors[1]}`);
});

test("a quantized model says what it is", () => {
  using model = Model.load(make({ type: "q4_k_m" }).output);
  assert.equal(model.quantization, "Q4_K - Medium");
});

test("quantizeAsync makes the same file, while the event loop turns", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const output = join(folder, "async.gguf");
  const result = await quantizeAsync({ input, output, type: "Q4_K_M" });
  clearInterval(timer);
  assert.ok(turns > 0);
  const sync = make({ type: "Q4_K_M" });
  assert.deepEqual(result.tensors, sync.result.tensors);
  assert.equal(errorOf(output), errorOf(sync.output));
});

test("progress names every tensor once, in order", async () => {
  for (const run of [quantize, quantizeAsync]) {
    const seen: string[] = [];
    const onProgress: QuantizeOptions["onProgress"] = ({ tensor, done, total }) => {
      assert.equal(done, seen.push(tensor));
      assert.equal(total, 21);
    };
    const { tensors } = await run({ input, output: join(folder, "progress.gguf"), type: "Q8_0", onProgress });
    assert.deepEqual(
      seen,
      tensors.map(({ name }) => name),
    );
  }
});

test("single tensors get types of their own", () => {
  const { output } = make({
    type: "Q4_0",
    outputType: "Q8_0",
    embeddingType: "f16",
    tensorTypes: { "blk\\.0\\.attn_[qk]": "Q5_1", ffn_down: "q5_0" },
  });
  const types = typesOf(output);
  assert.equal(types.get("output.weight"), "Q8_0");
  assert.equal(types.get("token_embd.weight"), "F16");
  assert.equal(types.get("blk.0.attn_q.weight"), "Q5_1");
  assert.equal(types.get("blk.0.attn_k.weight"), "Q5_1");
  assert.equal(types.get("blk.1.attn_q.weight"), "Q4_0");
  assert.equal(types.get("blk.1.ffn_down.weight"), "Q5_0");
  assert.equal(types.get("blk.0.attn_norm.weight"), "F32");
});

test("pure gives all matrices one type, and quantizeOutput leaves the output as it is", () => {
  const matrices = [...typesOf(make({ type: "Q4_K_M", pure: true }).output)].filter(([name]) => !name.includes("norm"));
  assert.deepEqual(new Set(matrices.map(([, type]) => type)), new Set(["Q4_K"]));
  assert.equal(typesOf(make({ type: "Q4_K_M" }).output).get("output.weight"), "Q6_K");
  assert.equal(typesOf(make({ type: "Q4_K_M", quantizeOutput: false }).output).get("output.weight"), "F16");
});

test("onlyCopy changes no tensor", () => {
  const { output, result } = make({ type: "Q4_0", onlyCopy: true, metadata: { "general.name": "Copied" } });
  assert.deepEqual(typesOf(output), typesOf(input));
  assert.equal(result.inputBytes, result.outputBytes);
  assert.equal(errorOf(output), 0);
  using model = Model.load(output);
  assert.equal(model.metadata("general.name"), "Copied");
});

test("a quantized model is quantized again where that is allowed", () => {
  const { output } = make({ type: "Q8_0" });
  const again = join(folder, "again.gguf");
  quantize({ input: output, output: again, type: "Q4_0", allowRequantize: true });
  assert.equal(typesOf(again).get("blk.0.attn_q.weight"), "Q4_0");
});

test("an imatrix moves the error to the columns that matter less", () => {
  const flat = make({ type: "Q4_0", imatrix: evenImatrix(input) });
  const steep = evenImatrix(input);
  for (const values of Object.values(steep))
    values.forEach((_value, column) => (values[column] = column < 8 ? 1e4 : 1e-4));
  assert.notEqual(errorOf(make({ type: "Q4_0", imatrix: steep }).output), errorOf(flat.output));
});

test("metadata are replaced and added, of every kind", () => {
  const metadata = { "general.name": "Renamed", "llama.context_length": 77, "my.flag": true, "my.float": 0.5 };
  using model = Model.load(make({ type: "Q8_0", metadata }).output);
  assert.equal(model.trainedContextSize, 77);
  assert.deepEqual(
    ["general.name", "my.flag"].map((key) => model.metadata(key)),
    ["Renamed", "true"],
  );
  assert.equal(Number(model.metadata("my.float")), 0.5);
});

test("pruned layers are gone, and the others close ranks", () => {
  const deep = tinyLlama({ layers: 5 }).path;
  const output = join(folder, "pruned.gguf");
  const { tensors } = quantize({ input: deep, output, type: "F32", pruneLayers: [3, 1, 1] });
  using model = Model.load(output);
  assert.equal(model.layers, 3);
  assert.ok(firstLogits(model).every(Number.isFinite));
  assert.equal(tensors.length, validateGgufFile(deep).tensors.size - 18);
  assert.ok(!tensors.some(({ name }) => name.startsWith("blk.3.")));
});

test("pruning takes importance by the input's names", () => {
  const deep = tinyLlama({ ...wide, layers: 3 }).path;
  const imatrix = evenImatrix(deep);
  const output = join(folder, "pruned-imatrix.gguf");
  quantize({ input: deep, output, type: "IQ2_XXS", pruneLayers: [0], imatrix });
  using model = Model.load(output);
  assert.equal(model.layers, 2);
});

test("a split model becomes one file, or as many as it was", () => {
  const [first = ""] = tinySplits(3);
  const output = join(folder, "merged.gguf");
  const merged = quantize({ input: first, output, type: "Q8_0" });
  assert.deepEqual(merged.files, [output]);
  const kept = quantize({ input: first, output: join(folder, "kept.gguf"), type: "Q8_0", keepSplit: true });
  assert.deepEqual(
    kept.files,
    [1, 2, 3].map((number) => join(folder, `kept-0000${number}-of-00003.gguf`)),
  );
  using one = Model.load(output);
  using other = Model.load(kept.files[0] ?? "");
  assert.deepEqual(firstLogits(one), firstLogits(other));
});

test("a dry run tells the same as a real one, and writes nothing", async () => {
  const before = readdirSync(folder);
  const dry = quantize({ input, type: "Q4_K_M", dryRun: true });
  const dryAsync = await quantizeAsync({ input, type: "Q4_K_M", dryRun: true });
  assert.deepEqual(readdirSync(folder), before);
  assert.deepEqual(dry.files, []);
  const { result } = make({ type: "Q4_K_M" });
  assert.deepEqual({ ...dry, files: result.files }, result);
  assert.deepEqual(dryAsync, dry);
});

test("threads and buffers of any size make the same file", () => {
  const { output } = make({ type: "Q4_K_M" });
  for (const options of [
    { threads: 1 },
    { threads: 7 },
    { threads: 1, maxBufferSize: 1 },
    { threads: 3, maxBufferSize: 5000 },
  ]) {
    assert.equal(errorOf(make({ type: "Q4_K_M", ...options }).output), errorOf(output), JSON.stringify(options));
  }
});

test("several models are quantized at once", async () => {
  const types = ["Q8_0", "Q4_0", "Q4_K_M"] as const;
  const results = await Promise.all(
    types.map((type) => quantizeAsync({ input, output: join(folder, `at-once-${type}.gguf`), type })),
  );
  results.forEach(({ tensors, files: [file = ""] }) => {
    assert.deepEqual(new Map(tensors.map(({ name, to }) => [name, to])), typesOf(file));
  });
});

test("every kind of model is quantized", () => {
  const kinds = [tinyGemma(), tinyBert(), tinyMamba(), tinyHybrid(), tinyT5(), tinyLlama({ experts: 4 })];
  for (const { path } of kinds) {
    const output = join(folder, "kind.gguf");
    quantize({ input: path, output, type: "Q8_0" });
    using model = Model.load(output);
    assert.equal(model.quantization, "Q8_0");
  }
});
