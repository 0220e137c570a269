/** Where C would end the process, write nonsense or stop in the middle, quantizing is refused, and nothing is left. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ErrorCode } from "../../src/errors.js";
import { encodeTensor, ggufValue, validateGgufFile, writeGgufFile } from "../../src/gguf/index.js";
import { quantize, quantizeAsync } from "../../src/llama/quantize.js";
import { hasCode } from "../support/has-code.js";
import { buildTinyLlama, tinyDirectory, tinyLlama, tinySplits, tinyT5 } from "../support/tiny-models.js";

const folder = mkdtempSync(join(tinyDirectory(), "refusals-"));
const output = join(folder, "never.gguf");
const input = tinyLlama({ embeddingSize: 256, feedForwardSize: 256, type: "F16" }).path;
const narrow = tinyLlama().path;

const aligned = join(tinyDirectory(), "aligned.gguf");
writeGgufFile(aligned, buildTinyLlama({ metadata: { "general.alignment": ggufValue.uint32(64) } }));

const four = join(tinyDirectory(), "four.gguf");
const content = buildTinyLlama();
const extra = {
  name: "extra.weight",
  type: "F32",
  shape: [32, 2, 2, 2],
  data: encodeTensor("F32", new Float32Array(256)),
} as const;
writeGgufFile(four, { ...content, tensors: [...content.tensors, extra] });

const empty = join(tinyDirectory(), "empty-tensor.gguf");
writeGgufFile(empty, {
  ...content,
  tensors: [...content.tensors, { ...extra, shape: [0, 4], data: new Uint8Array(0) }],
});

const once = join(tinyDirectory(), "once.gguf");
quantize({ input, output: once, type: "Q8_0" });

/** C searches a grid for the nearest point to weights that are none, and asserts that it finds one. */
function withWeight(weight: number): string {
  const path = join(tinyDirectory(), `weight-${weight}.gguf`);
  const whole = buildTinyLlama({ embeddingSize: 256, feedForwardSize: 256 });
  const tensors = whole.tensors.map((tensor) =>
    tensor.name === "blk.1.ffn_up.weight"
      ? { ...tensor, data: encodeTensor("F32", new Float32Array(256 * 256).fill(weight)) }
      : tensor,
  );
  writeGgufFile(path, { ...whole, tensors });
  return path;
}

const [split = ""] = tinySplits(8, { layers: 4 });
const ones = (length: number): Float32Array => new Float32Array(length).fill(1);

const cases: Readonly<Record<string, readonly [options: Record<string, unknown>, code: ErrorCode, message: RegExp]>> = {
  "a type that needs an imatrix, without one": [{ type: "IQ2_XXS" }, "QUANTIZE_FAILED", /needs an imatrix/],
  "such a type for the output alone": [
    { type: "Q4_0", outputType: "IQ1_S" },
    "QUANTIZE_FAILED",
    /output\.weight.*imatrix/,
  ],
  "such a type for the embeddings alone": [
    { type: "Q4_0", embeddingType: "IQ2_XS" },
    "QUANTIZE_FAILED",
    /token_embd\.weight.*imatrix/,
  ],
  "such a type for a pattern": [
    { type: "Q4_0", tensorTypes: { attn_q: "IQ2_XXS" } },
    "QUANTIZE_FAILED",
    /attn_q\.weight.*imatrix/,
  ],
  "an imatrix of another size": [
    { type: "Q4_0", outputType: "IQ2_XXS", imatrix: { "output.weight": ones(255) } },
    "QUANTIZE_FAILED",
    /256 values/,
  ],
  "an imatrix that lacks a tensor": [
    { type: "IQ2_XXS", imatrix: { "output.weight": ones(256) } },
    "QUANTIZE_FAILED",
    /imatrix/,
  ],
  "a negative imatrix": [{ type: "Q4_0", imatrix: { x: Float32Array.of(-1) } }, "ARGUMENT_INVALID", /imatrix/],
  "an imatrix with NaN": [{ type: "Q4_0", imatrix: { x: Float32Array.of(NaN) } }, "ARGUMENT_INVALID", /imatrix/],
  "an imatrix beyond sums": [{ type: "Q4_0", imatrix: { x: Float32Array.of(3e38) } }, "ARGUMENT_INVALID", /imatrix/],
  "weights beyond grids": [
    { input: withWeight(-1e20), type: "IQ3_S" },
    "QUANTIZE_FAILED",
    /blk\.1\.ffn_up.*weights beyond/,
  ],
  "an imatrix of lists": [{ type: "Q4_0", imatrix: { x: [1] } }, "ARGUMENT_INVALID", /imatrix/],
  "an empty imatrix": [{ type: "Q4_0", imatrix: { x: ones(0) } }, "ARGUMENT_INVALID", /imatrix/],
  "rows that are no whole blocks": [
    { input: narrow, type: "Q8_0", outputType: "Q4_K" },
    "QUANTIZE_FAILED",
    /rows of 64/,
  ],
  "a tensor of four dimensions": [{ input: four, type: "Q8_0" }, "QUANTIZE_FAILED", /four dimensions/],
  "an empty tensor": [{ input: empty, type: "Q8_0" }, "QUANTIZE_FAILED", /empty/],
  "another alignment": [{ input: aligned, type: "Q8_0" }, "UNSUPPORTED", /alignment of 64/],
  "a quantized input": [{ input: once, type: "Q4_0" }, "QUANTIZE_FAILED", /allowRequantize/],
  "a pattern that is none": [{ type: "Q8_0", tensorTypes: { "[": "Q4_0" } }, "QUANTIZE_FAILED", /bracket/],
  "a pattern as deep as a stack": [
    { type: "Q8_0", tensorTypes: { [`${"(".repeat(50_000)}${")".repeat(50_000)}`]: "Q4_0" } },
    "ARGUMENT_INVALID",
    /pattern/,
  ],
  "an empty pattern": [{ type: "Q8_0", tensorTypes: { "": "Q4_0" } }, "ARGUMENT_INVALID", /pattern/],
  "a pattern that repeats without end": [
    { type: "Q8_0", tensorTypes: { "(a?){30000}": "Q4_0" } },
    "QUANTIZE_FAILED",
    /limit/,
  ],
  "metadata that set the alignment": [
    { type: "Q8_0", metadata: { "general.alignment": 64 } },
    "ARGUMENT_INVALID",
    /alignment/,
  ],
  "metadata of too many layers": [
    { type: "Q8_0", metadata: { "llama.block_count": 100_000 } },
    "GGUF_INVALID",
    /block_count/,
  ],
  "metadata of another kind": [{ type: "Q8_0", metadata: { "llama.block_count": "two" } }, "ARGUMENT_INVALID", /kind/],
  "a negative number in metadata": [{ type: "Q8_0", metadata: { "my.number": -1 } }, "ARGUMENT_INVALID", /my\.number/],
  "a number beyond 32 bits in metadata": [
    { type: "Q8_0", metadata: { "my.number": 2 ** 32 } },
    "ARGUMENT_INVALID",
    /my\.number/,
  ],
  "pruning all layers": [{ type: "Q8_0", pruneLayers: [0, 1] }, "ARGUMENT_INVALID", /fewer than all/],
  "pruning a layer that is not there": [{ type: "Q8_0", pruneLayers: [2] }, "ARGUMENT_INVALID", /pruneLayers\[0\]/],
  "pruning what is no list": [{ type: "Q8_0", pruneLayers: "0", keepSplit: true }, "ARGUMENT_INVALID", /pruneLayers/],
  "pruning half of an encoder-decoder": [
    { input: tinyT5().path, type: "Q8_0", pruneLayers: [0] },
    "UNSUPPORTED",
    /encoder-decoder/,
  ],
  "pruning away a whole split": [
    { input: split, type: "Q8_0", keepSplit: true, pruneLayers: [1, 2] },
    "UNSUPPORTED",
    /Nothing would be left/,
  ],
  "a type that C has no quantization for": [{ type: "NVFP4" }, "ARGUMENT_INVALID", /options\.type/],
  "an unknown type": [{ type: "Q9" }, "ARGUMENT_INVALID", /options\.type/],
  "no type": [{}, "ARGUMENT_INVALID", /options\.type/],
  "an unknown tensor type": [{ type: "Q8_0", outputType: "Q8_K" }, "ARGUMENT_INVALID", /outputType/],
  "too many threads": [{ type: "Q8_0", threads: 513 }, "ARGUMENT_INVALID", /threads/],
  "a negative buffer": [{ type: "Q8_0", maxBufferSize: -1 }, "ARGUMENT_INVALID", /maxBufferSize/],
  "a flag that is none": [{ type: "Q8_0", pure: 1 }, "ARGUMENT_INVALID", /pure/],
  "progress that is no function": [{ type: "Q8_0", onProgress: true }, "ARGUMENT_INVALID", /onProgress/],
  "an unknown option": [{ type: "Q8_0", nthread: 1 }, "ARGUMENT_INVALID", /nthread/],
  "no output": [{ type: "Q8_0", output: undefined }, "ARGUMENT_INVALID", /output/],
  "an output in no folder": [{ type: "Q8_0", output: join(folder, "none", "x.gguf") }, "ARGUMENT_INVALID", /folder/],
  "an output that is a folder": [{ type: "Q8_0", output: folder }, "ARGUMENT_INVALID", /folder/],
  "an output that is the input": [{ type: "Q8_0", output: input }, "ARGUMENT_INVALID", /input/],
};

for (const [what, [options, code, message]] of Object.entries(cases)) {
  test(`refused: ${what}`, async () => {
    const all = { input, output, ...options } as never;
    assert.throws(() => quantize(all), hasCode(code, message));
    await assert.rejects(quantizeAsync(all), hasCode(code, message));
    assert.deepEqual(readdirSync(folder), []);
  });
}

test("what onProgress throws comes out, and nothing is left", async () => {
  const mine = new RangeError("mine");
  const onProgress = (): never => {
    throw mine;
  };
  assert.throws(
    () => quantize({ input, output, type: "Q8_0", onProgress }),
    (error) => error === mine,
  );
  await assert.rejects(quantizeAsync({ input, output, type: "Q8_0", onProgress }), (error) => error === mine);
  assert.deepEqual(readdirSync(folder), []);
});

test("a failure leaves what was at the output before", () => {
  const kept = join(folder, "kept");
  mkdirSync(kept);
  const there = join(kept, "there.gguf");
  writeFileSync(there, "before");
  assert.throws(() => quantize({ input: once, output: there, type: "Q4_0" }), hasCode("QUANTIZE_FAILED"));
  assert.equal(readFileSync(there, "utf8"), "before");
  quantize({ input, output: there, type: "Q4_0" });
  assert.ok(validateGgufFile(there).tensors.size > 0);
  assert.deepEqual(readdirSync(kept), ["there.gguf"]);
});
