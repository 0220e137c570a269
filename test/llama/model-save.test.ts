/** A saved model is the model: the same logits and tokens after loading it again. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { validateGgufFile } from "../../src/gguf/index.js";
import { Model } from "../../src/llama/model.js";
import { quantize } from "../../src/llama/quantize.js";
import { firstLogits } from "../support/first-logits.js";
import { hasCode } from "../support/has-code.js";
import { assertClose } from "../support/numbers.js";
import {
  buildTinyLlama,
  tinyBert,
  tinyDirectory,
  tinyGemma,
  tinyHybrid,
  tinyLlama,
  tinyT5,
} from "../support/tiny-models.js";

const folder = mkdtempSync(join(tinyDirectory(), "save-"));
const TOLERANCE = 1e-4;

for (const [name, { path }] of Object.entries({
  llama: tinyLlama(),
  bpe: tinyLlama({ vocab: "bpe" }),
  experts: tinyLlama({ experts: 4 }),
  brain: tinyLlama({ type: "BF16" }),
  gemma: tinyGemma(),
  hybrid: tinyHybrid(),
})) {
  test(`${name}: a saved model loads and computes as before`, () => {
    const saved = join(folder, `${name}.gguf`);
    using model = Model.load(path);
    model.save(saved);
    using again = Model.load(saved);
    assertClose(firstLogits(again), firstLogits(model), TOLERANCE);
    assert.deepEqual(again.vocab.tokenize("once upon a time"), model.vocab.tokenize("once upon a time"));
    assert.equal(again.parameters, model.parameters);
    assert.deepEqual(
      [...validateGgufFile(saved).tensors.keys()].toSorted(),
      [...validateGgufFile(path).tensors.keys()].toSorted(),
    );
  });
}

test("a model made in memory is saved to a file", () => {
  const saved = join(folder, "memory.gguf");
  using model = Model.fromGguf(buildTinyLlama());
  model.save(saved);
  using again = Model.load(saved);
  assertClose(firstLogits(again), firstLogits(model), TOLERANCE);
});

test("a model whose tensors may be repacked is saved only without extra buffers", () => {
  const packed = join(folder, "packed.gguf");
  const saved = join(folder, "unpacked.gguf");
  quantize({ input: tinyLlama({ embeddingSize: 256, feedForwardSize: 256 }).path, output: packed, type: "Q4_0" });
  using repacked = Model.load(packed);
  assert.throws(() => repacked.save(saved), hasCode("UNSUPPORTED", /extraBuffers: false/));
  assert.ok(!existsSync(saved));
  using model = Model.load(packed, { extraBuffers: false });
  model.save(saved);
  using again = Model.load(saved, { extraBuffers: false });
  assertClose(firstLogits(again), firstLogits(model), TOLERANCE);
});

test("a model that llama.cpp cannot save whole is refused, and nothing is left", () => {
  const target = join(folder, "refused.gguf");
  const cases: readonly (readonly [Model, RegExp])[] = [
    [Model.load(tinyT5().path), /architecture t5/],
    [Model.load(tinyBert().path), /leaves out tensors/],
    [Model.load(tinyLlama().path, { vocabOnly: true }), /without its tensors/],
    [Model.load(tinyLlama().path, { noAlloc: true }), /without its tensors/],
  ];
  const before = readdirSync(folder);
  for (const [model, message] of cases) {
    assert.throws(() => model.save(target), hasCode("UNSUPPORTED", message));
    model.dispose();
  }
  assert.deepEqual(readdirSync(folder), before);
});

test("a place that cannot be written to is refused, and what was there stays", () => {
  const kept = join(folder, "kept");
  mkdirSync(kept);
  writeFileSync(join(folder, "file"), "x");
  using model = Model.load(tinyLlama().path);
  for (const path of [join(folder, "none", "x.gguf"), kept, join(folder, "file", "x.gguf"), "/proc/x.gguf"]) {
    assert.throws(() => model.save(path), hasCode("SAVE_FAILED"), path);
  }
  for (const path of [undefined, 1, "a\0b"])
    assert.throws(() => model.save(path as never), hasCode("ARGUMENT_INVALID"));
  const replaced = join(folder, "file");
  model.save(replaced);
  using again = Model.load(replaced);
  assertClose(firstLogits(again), firstLogits(model), TOLERANCE);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith(".tmp")),
    [],
  );
});
