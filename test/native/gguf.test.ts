/** gguf.h against our own reader and writer: two implementations of one format. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { encodeTensor, GgufFile, ggufValue, type GgufValue, writeGguf, writeGgufFile } from "../../src/gguf/index.js";
import {
  closeFile,
  ggml_type,
  gguf_type,
  type NativeFunctions,
  openFile,
  openLibrary,
  type Pointer,
  readBytes,
  readPointer,
  registerCallback,
  sizeArray,
  viewBytes,
} from "../../src/native/index.js";
import { tinyDirectory } from "../support/tiny-models.js";

const c = openLibrary().functions;
const headerOnly = { no_alloc: true, ctx: null };

/** A value of each scalar type, with C's name of the type. */
const scalars: readonly (readonly [type: string, value: GgufValue])[] = [
  ["u8", ggufValue.uint8(255)],
  ["i8", ggufValue.int8(-128)],
  ["u16", ggufValue.uint16(65535)],
  ["i16", ggufValue.int16(-32768)],
  ["u32", ggufValue.uint32(4294967295)],
  ["i32", ggufValue.int32(-2147483648)],
  ["f32", ggufValue.float32(0.15625)],
  ["u64", ggufValue.uint64(2n ** 64n - 1n)],
  ["i64", ggufValue.int64(-(2n ** 63n))],
  ["f64", ggufValue.float64(Math.PI)],
  ["bool", ggufValue.bool(true)],
  ["str", ggufValue.string("naïve 🦙")],
];
const weights = Float32Array.of(1, -2, 3.5, 0, 5, 6);
const content = {
  metadata: {
    ...Object.fromEntries(scalars),
    "list.of.texts": ggufValue.array("string", ["one", "", "три"]),
    "list.of.numbers": ggufValue.array("int32", Int32Array.of(3, -1, 4)),
  },
  tensors: [
    { name: "first", type: "F32" as const, shape: [3, 2], data: encodeTensor("F32", weights) },
    { name: "half", type: "F16" as const, shape: [6], data: encodeTensor("F16", weights) },
  ],
};

type Get = (gguf: Pointer<"gguf_context">, key: number | bigint) => unknown;
type Set = (gguf: Pointer<"gguf_context">, key: string, value: unknown) => void;
const getter = (type: string): Get => c[`gguf_get_val_${type}` as keyof NativeFunctions] as unknown as Get;
const setter = (type: string): Set => c[`gguf_set_val_${type}` as keyof NativeFunctions] as unknown as Set;

/** Checks everything that C says of a file with `content`. */
function assertContent(gguf: Pointer<"gguf_context"> | null): asserts gguf is Pointer<"gguf_context"> {
  assert.ok(gguf);
  assert.equal(c.gguf_get_version(gguf), 3);
  assert.equal(Number(c.gguf_get_alignment(gguf)), 32);
  assert.equal(Number(c.gguf_get_n_kv(gguf)), Object.keys(content.metadata).length);
  for (const [index, [type, { value }]] of scalars.entries()) {
    assert.equal(c.gguf_get_key(gguf, index), type);
    assert.equal(c.gguf_type_name(c.gguf_get_kv_type(gguf, index)), type);
    assert.equal(getter(type)(gguf, index), value);
  }
  const texts = c.gguf_find_key(gguf, "list.of.texts");
  assert.equal(c.gguf_get_arr_type(gguf, texts), gguf_type.GGUF_TYPE_STRING);
  assert.deepEqual(
    [0, 1, 2].map((index) => c.gguf_get_arr_str(gguf, texts, index)),
    ["one", "", "три"],
  );
  const numbers = c.gguf_find_key(gguf, "list.of.numbers");
  assert.equal(Number(c.gguf_get_arr_n(gguf, numbers)), 3);
  const data = c.gguf_get_arr_data(gguf, numbers);
  assert.ok(data);
  assert.deepEqual([...new Int32Array(readBytes(data, 12).buffer)], [3, -1, 4]);
  assert.equal(Number(c.gguf_find_key(gguf, "no.such.key")), -1);
  assert.equal(Number(c.gguf_get_n_tensors(gguf)), 2);
  const half = c.gguf_find_tensor(gguf, "half");
  assert.equal(c.gguf_get_tensor_name(gguf, half), "half");
  assert.equal(c.gguf_get_tensor_type(gguf, half), ggml_type.GGML_TYPE_F16);
  assert.equal(Number(c.gguf_get_tensor_size(gguf, half)), 12);
  assert.equal(Number(c.gguf_get_tensor_offset(gguf, half)), 32);
  const shape = c.gguf_get_tensor_ne(gguf, c.gguf_find_tensor(gguf, "first"));
  assert.ok(shape);
  assert.deepEqual([...new BigInt64Array(readBytes(shape, 32).buffer)], [3n, 2n, 1n, 1n]);
}

describe("what we write", () => {
  it("is read by C from a file, an open file, a buffer and a callback", () => {
    const path = join(tinyDirectory(), "ours.gguf");
    writeGgufFile(path, content);
    const bytes = writeGguf(content);
    const file = openFile(path);
    assert.ok(file);
    const reads: number[] = [];
    using reader = registerCallback("gguf_reader_callback_t", (_userdata, output, offset, length) => {
      const part = bytes.subarray(Number(offset), Number(offset) + Number(length));
      if (output !== null) viewBytes(output, part.length).set(part);
      reads.push(part.length);
      return part.length;
    });
    for (const gguf of [
      c.gguf_init_from_file(path, headerOnly),
      c.gguf_init_from_file_ptr(file, headerOnly),
      c.gguf_init_from_buffer(bytes, bytes.length, headerOnly),
      c.gguf_init_from_callback(reader.pointer, null, 0, bytes.length, headerOnly),
    ]) {
      assertContent(gguf);
      c.gguf_free(gguf);
    }
    closeFile(file);
    assert.ok(reads.length > 10);
    assert.equal(openFile(join(tinyDirectory(), "missing.gguf")), null);
  });

  it("has its data where both say", () => {
    const bytes = writeGguf(content);
    const gguf = c.gguf_init_from_buffer(bytes, bytes.length, headerOnly);
    assert.ok(gguf);
    using ours = GgufFile.from(bytes);
    assert.equal(Number(c.gguf_get_data_offset(gguf)), ours.header.dataOffset);
    const data = c.gguf_get_val_data(gguf, 0);
    assert.ok(data);
    assert.deepEqual([...readBytes(data, 1)], [255]);
    c.gguf_free(gguf);
  });

  it("gives C tensors with our numbers in them", () => {
    const bytes = writeGguf(content);
    const made = sizeArray(1);
    const gguf = c.gguf_init_from_buffer(bytes, bytes.length, { no_alloc: false, ctx: made });
    assert.ok(gguf);
    const context = readPointer<"ggml_context">(made);
    assert.ok(context);
    const tensor = c.ggml_get_tensor(context, "first");
    assert.ok(tensor);
    const data = c.ggml_get_data_f32(tensor);
    assert.ok(data);
    assert.deepEqual(new Float32Array(readBytes(data, 24).buffer), weights);
    c.ggml_free(context);
    c.gguf_free(gguf);
  });
});

describe("what C writes", () => {
  it("is read by us, value by value, and the header is the same bytes", () => {
    const gguf = c.gguf_init_empty();
    assert.ok(gguf);
    for (const [type, { value }] of scalars) setter(type)(gguf, type, value);
    c.gguf_set_arr_str(gguf, "list.of.texts", ["one", "", "три"], 3);
    c.gguf_set_arr_data(gguf, "list.of.numbers", gguf_type.GGUF_TYPE_INT32, Int32Array.of(3, -1, 4), 3);
    c.gguf_set_val_u32(gguf, "removed", 1);
    assert.equal(Number(c.gguf_remove_key(gguf, "removed")), Object.keys(content.metadata).length);

    const context = c.ggml_init({ mem_size: 1 << 16, mem_buffer: null, no_alloc: false });
    assert.ok(context);
    const first = c.ggml_new_tensor_2d(context, ggml_type.GGML_TYPE_F32, 3, 2);
    const half = c.ggml_new_tensor_1d(context, ggml_type.GGML_TYPE_F32, 6);
    assert.ok(first && half);
    c.ggml_set_name(first, "first");
    c.ggml_set_name(half, "half");
    c.gguf_add_tensor(gguf, first);
    c.gguf_add_tensor(gguf, half);
    c.gguf_set_tensor_type(gguf, "half", ggml_type.GGML_TYPE_F16);
    const halves = encodeTensor("F16", weights);
    c.gguf_set_tensor_data(gguf, "first", weights);
    c.gguf_set_tensor_data(gguf, "half", halves);
    assertContent(gguf);

    const path = join(tinyDirectory(), "theirs.gguf");
    assert.equal(c.gguf_write_to_file(gguf, path, false), true);
    assert.deepEqual(new Uint8Array(readFileSync(path)), writeGguf(content));
    using file = GgufFile.open(path);
    for (const [key, value] of Object.entries(content.metadata))
      assert.deepEqual(file.header.metadata.get(key), value, key);
    assert.deepEqual(file.readFloats("first"), weights);

    const header = new Uint8Array(Number(c.gguf_get_meta_size(gguf)));
    c.gguf_get_meta_data(gguf, header);
    assert.deepEqual(header, new Uint8Array(readFileSync(path).subarray(0, header.length)));

    const copy = c.gguf_init_empty();
    assert.ok(copy);
    c.gguf_set_kv(copy, gguf);
    assert.equal(Number(c.gguf_get_n_kv(copy)), Object.keys(content.metadata).length);
    for (const one of [copy, gguf]) c.gguf_free(one);
    c.ggml_free(context);
  });
});
