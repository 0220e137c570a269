/** No file ends the process: each wrong one is an error that says what is wrong, and a model loads afterwards. */
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, symlinkSync, truncateSync, writeFileSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type ErrorCode, MullamaError } from "../../src/errors.js";
import { ggufValue, validateGgufFile } from "../../src/gguf/index.js";
import { Model } from "../../src/llama/model.js";
import { quantize, quantizeAsync } from "../../src/llama/quantize.js";
import { hasCode } from "../support/has-code.js";
import { tinyControlVector, tinyDirectory, tinyLlama, tinyLora } from "../support/tiny-models.js";

const folder = mkdtempSync(join(tinyDirectory(), "bad-"));
const tiny = tinyLlama();
const output = join(folder, "never.gguf");

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function truncated(bytes: number): string {
  const path = join(folder, `truncated-${bytes}.gguf`);
  copyFileSync(tiny.path, path);
  truncateSync(path, bytes);
  return path;
}

const dangling = join(folder, "dangling.gguf");
symlinkSync(join(folder, "nowhere"), dangling);
const { dataOffset, fileSize } = validateGgufFile(tiny.path);
const bytes = readFileSync(tiny.path);

const cases: Readonly<Record<string, readonly [path: string, ...ErrorCode[]]>> = {
  "a missing file": [join(folder, "missing.gguf"), "MODEL_NOT_FOUND"],
  "a missing folder": [join(folder, "none", "missing.gguf"), "MODEL_NOT_FOUND"],
  "a link to nothing": [dangling, "MODEL_NOT_FOUND"],
  "a folder": [folder, "GGUF_INVALID", "MODEL_NOT_FOUND"],
  "an empty file": [file("empty.gguf", ""), "GGUF_INVALID"],
  "a text": [file("text.gguf", "this is no model\n".repeat(100)), "GGUF_INVALID"],
  "a page of HTML": [file("page.gguf", "<!DOCTYPE html><title>Not Found</title>"), "GGUF_INVALID"],
  "the magic alone": [file("magic.gguf", "GGUF"), "GGUF_INVALID"],
  "another version": [
    file("version.gguf", Buffer.concat([Buffer.from("GGUF"), Buffer.from([9, 0, 0, 0]), bytes.subarray(8)])),
    "GGUF_INVALID",
  ],
  "big-endian": [
    file("endian.gguf", Buffer.concat([Buffer.from("GGUF"), Buffer.from([0, 0, 0, 3]), bytes.subarray(8)])),
    "GGUF_INVALID",
  ],
  "a file cut off in its header": [truncated(20), "GGUF_INVALID"],
  "a file cut off in its metadata": [truncated(dataOffset >> 1), "GGUF_INVALID"],
  "a file cut off in its tensor table": [truncated(dataOffset - 100), "GGUF_INVALID"],
  "a file cut off before its data": [truncated(dataOffset), "GGUF_INVALID"],
  "a file cut off in its data": [truncated((dataOffset + fileSize) >> 1), "GGUF_INVALID"],
  "a file cut off in its last tensor": [truncated(fileSize - 64), "GGUF_INVALID"],
  "an adapter": [tinyLora(tiny), "GGUF_INVALID", "MODEL_LOAD_FAILED"],
  "a control vector": [tinyControlVector(tiny).path, "GGUF_INVALID", "MODEL_LOAD_FAILED"],
  "an unknown architecture": [
    tinyLlama({ metadata: { "general.architecture": ggufValue.string("nobody") } }).path,
    "GGUF_INVALID",
    "MODEL_LOAD_FAILED",
  ],
};

for (const [what, [path, ...codes]] of Object.entries(cases)) {
  const isRefusal = (error: unknown): boolean =>
    MullamaError.isInstance(error) && codes.includes(error.code) && error.message.length > 10;

  test(`${what} is no model, for any way to load or quantize it`, async () => {
    assert.throws(() => Model.load(path), isRefusal);
    await assert.rejects(Model.loadAsync(path), isRefusal);
    assert.throws(() => Model.loadSplits([path]), isRefusal);
    assert.throws(() => Model.loadAt(path, 0), isRefusal);
    await assert.rejects(Model.loadAtAsync(path, 0), isRefusal);
    assert.throws(() => Model.load(path, { vocabOnly: true }), isRefusal);
    const quantization = { input: path, output, type: "Q8_0" } as const;
    const isFailure = (error: unknown): boolean => isRefusal(error) || hasCode("QUANTIZE_FAILED")(error);
    assert.throws(() => quantize(quantization), isFailure);
    await assert.rejects(quantizeAsync(quantization), isFailure);
  });
}

test("no path at all is refused", async () => {
  for (const path of [undefined, null, 1, {}, "a\0b"]) {
    assert.throws(() => Model.load(path as never), hasCode("ARGUMENT_INVALID"));
    await assert.rejects(Model.loadAsync(path as never), hasCode("ARGUMENT_INVALID"));
    assert.throws(() => Model.loadAt(path as never, 0), hasCode("ARGUMENT_INVALID"));
    assert.throws(() => Model.loadSplits([path as never]), hasCode("ARGUMENT_INVALID"));
    assert.throws(() => Model.loadSplits(path as never), hasCode("ARGUMENT_INVALID"));
  }
});

test(
  "a file that may not be read is refused",
  { skip: process.getuid?.() === 0 ? "this user may read everything" : false },
  () => {
    const path = file("secret.gguf", bytes);
    chmodSync(path, 0);
    assert.throws(
      () => Model.load(path),
      (error) => MullamaError.isInstance(error),
    );
  },
);

test("weights that are no numbers are found where asked for", () => {
  const { tensors } = validateGgufFile(tiny.path);
  const tensor = tensors.get("blk.0.attn_q.weight");
  assert.ok(tensor !== undefined);
  const damaged = Buffer.from(bytes);
  damaged.writeFloatLE(NaN, tensor.offset);
  const path = file("nan.gguf", damaged);
  assert.throws(() => Model.load(path, { checkTensors: true }), hasCode("MODEL_LOAD_FAILED", /invalid data/));
  assert.throws(() => quantize({ input: path, output, type: "Q8_0" }), hasCode("QUANTIZE_FAILED", /invalid data/));
  using model = Model.load(path);
  assert.equal(model.layers, 2);
});

test("after all of these a model loads", () => {
  using model = Model.load(tiny.path);
  assert.equal(model.layers, 2);
  assert.throws(() => validateGgufFile(output), hasCode("MODEL_NOT_FOUND"));
});
