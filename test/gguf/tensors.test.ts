import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  encodeTensor,
  GgufFile,
  ggufValue,
  TENSOR_TYPES,
  tensorByteLength,
  tensorTypeOf,
  validateGgufFile,
  writeGguf,
  writeGgufFile,
  type TensorContent,
} from "../../src/gguf/index.js";
import { type ggml_type, openLibrary } from "../../src/native/index.js";
import { tinyDirectory } from "../support/tiny-models.js";

function vector(name: string, ...values: number[]): TensorContent {
  return { name, type: "F32", shape: [values.length], data: encodeTensor("F32", Float32Array.from(values)) };
}

test("block and type sizes are those of ggml, for every type it has", () => {
  const { functions: c } = openLibrary();
  const ids = Array.from({ length: 43 }, (_, id) => id as ggml_type);
  const known = ids.filter((id) => Number(c.ggml_blck_size(id)) > 0);
  assert.deepEqual(
    Object.values(TENSOR_TYPES)
      .map(({ id }) => id)
      .sort((a, b) => a - b),
    known,
  );
  for (const [name, { id: number, blockSize, typeSize }] of Object.entries(TENSOR_TYPES)) {
    const id = number as ggml_type;
    assert.equal(c.ggml_type_name(id)?.toUpperCase(), name.toUpperCase());
    assert.equal(Number(c.ggml_blck_size(id)), blockSize, name);
    assert.equal(Number(c.ggml_type_size(id)), typeSize, name);
    assert.equal(tensorTypeOf(id), name);
  }
});

test("a tensor's size is counted in blocks, and undefined where there is none", () => {
  assert.equal(tensorByteLength("Q4_0", [64, 3]), (64 / 32) * 18 * 3);
  assert.equal(tensorByteLength("F32", []), 4);
  assert.equal(tensorByteLength("F32", [0, 5]), 0);
  assert.equal(tensorByteLength("Q4_0", [31]), undefined);
  assert.equal(tensorByteLength("F32", [2 ** 30, 2 ** 30]), undefined);
  assert.equal(tensorByteLength("F32", [2 ** 52, 2 ** 52, 0]), undefined);
});

for (const alignment of [1, 8, 32, 4096]) {
  test(`tensors lie at multiples of ${alignment} bytes and read back`, () => {
    const metadata = { "general.alignment": ggufValue.uint32(alignment), pad: ggufValue.string("odd") };
    const file = GgufFile.from(writeGguf({ metadata, tensors: [vector("a", 1, 2, 3), vector("b"), vector("c", 4)] }));
    for (const { offset } of file.header.tensors.values()) assert.equal(offset % alignment, 0);
    assert.equal(file.header.alignment, alignment);
    assert.deepEqual(file.readFloats("a"), Float32Array.of(1, 2, 3));
    assert.deepEqual(file.readFloats("c"), Float32Array.of(4));
    assert.throws(() => file.readFloats("d"), { code: "ARGUMENT_INVALID" });
  });
}

test("a file on disk is read by ranges, and closes once", () => {
  const path = join(tinyDirectory(), "ranges.gguf");
  const large = ggufValue.array(
    "string",
    Array.from({ length: 40_000 }, (_, i) => `token number ${i}`),
  );
  writeGgufFile(path, { metadata: { large }, tensors: [vector("a", 7)] });
  assert.deepEqual(validateGgufFile(path).metadata.get("large"), large);
  const file = GgufFile.open(path);
  assert.deepEqual(file.readFloats("a"), Float32Array.of(7));
  file.close();
  file.close();
  assert.throws(() => file.readBytes("a"), { code: "DISPOSED" });
  assert.deepEqual(readFileSync(path), Buffer.from(writeGguf({ metadata: { large }, tensors: [vector("a", 7)] })));
});

test("a file is written whole or not at all", () => {
  const directory = join(tinyDirectory(), "atomic");
  mkdirSync(directory);
  const path = join(directory, "model.gguf");
  writeFileSync(path, "old");
  assert.throws(() => writeGgufFile(path, { metadata: {}, tensors: [{ ...vector("a", 1), shape: [2] }] }), {
    code: "ARGUMENT_INVALID",
  });
  assert.equal(readFileSync(path, "utf8"), "old");
  writeGgufFile(path, { metadata: {}, tensors: [vector("a", 1)] });
  assert.equal(validateGgufFile(path).tensors.size, 1);
  assert.deepEqual(readdirSync(directory), ["model.gguf"]);
});

const BAD_TENSORS: [string, TensorContent[]][] = [
  ["an empty name", [vector("", 1)]],
  ["a name of 64 bytes", [vector("x".repeat(64), 1)]],
  ["two of one name", [vector("a", 1), vector("a", 2)]],
  ["five dimensions", [{ ...vector("a", 1), shape: [1, 1, 1, 1, 1] }]],
  ["a broken block", [{ name: "a", type: "Q8_0", shape: [33], data: new Uint8Array(34) }]],
  ["too little data", [{ ...vector("a", 1), shape: [2] }]],
  ["a negative length", [{ ...vector("a", 1), shape: [-1] }]],
];
for (const [name, tensors] of BAD_TENSORS) {
  test(`the writer refuses ${name}`, () => {
    assert.throws(() => writeGguf({ metadata: {}, tensors }), { code: "ARGUMENT_INVALID" });
  });
}
