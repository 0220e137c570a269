import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeTensor, GgufFile, ggufValue, type GgufValue, writeGguf } from "../../src/gguf/index.js";

const { array, ...scalar } = ggufValue;

const VALUES: Record<string, GgufValue> = {
  "uint8 ends": array("uint8", Uint8Array.of(0, 255)),
  "int8 ends": array("int8", Int8Array.of(-128, 127)),
  "uint16 ends": array("uint16", Uint16Array.of(0, 65535)),
  "int16 ends": array("int16", Int16Array.of(-32768, 32767)),
  "uint32 ends": array("uint32", Uint32Array.of(0, 2 ** 32 - 1)),
  "int32 ends": array("int32", Int32Array.of(-(2 ** 31), 2 ** 31 - 1)),
  "uint64 ends": array("uint64", BigUint64Array.of(0n, 2n ** 64n - 1n)),
  "int64 ends": array("int64", BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)),
  "float32 ends": array("float32", Float32Array.of(-Infinity, 1.5, -0, NaN)),
  "float64 ends": array("float64", Float64Array.of(Number.MIN_VALUE, Number.MAX_VALUE)),
  bools: array("bool", [true, false, true]),
  strings: array("string", ["", "a", "Grüße, 日本 🦙", "nul\0inside"]),
  "no strings": array("string", []),
  "no numbers": array("float32", new Float32Array()),
  nested: array("array", [array("int32", Int32Array.of(1, 2)), array("string", ["x"]), array("array", [])]),
  uint8: scalar.uint8(200),
  int8: scalar.int8(-100),
  uint16: scalar.uint16(60000),
  int16: scalar.int16(-30000),
  uint32: scalar.uint32(4_000_000_000),
  int32: scalar.int32(-2_000_000_000),
  "uint64 small": scalar.uint64(Number.MAX_SAFE_INTEGER),
  "uint64 large": scalar.uint64(2n ** 63n + 1n),
  "int64 small": scalar.int64(-Number.MAX_SAFE_INTEGER),
  "int64 large": scalar.int64(-(2n ** 62n) - 1n),
  float32: scalar.float32(0.15625),
  float64: scalar.float64(Math.PI),
  bool: scalar.bool(true),
  string: scalar.string("text with \uFFFD and \u{1f999}"),
};

test("every type of metadata value comes back as it was written, in its order", () => {
  const { header } = GgufFile.from(writeGguf({ metadata: VALUES }));
  assert.deepEqual([...header.metadata.keys()], Object.keys(VALUES));
  for (const [key, value] of Object.entries(VALUES)) assert.deepEqual(header.metadata.get(key), value, key);
});

test("writing what was read gives the same bytes", () => {
  const tensors = [
    { name: "t", type: "F16" as const, shape: [3], data: encodeTensor("F16", Float32Array.of(1, 2, 3)) },
  ];
  for (const version of [2, 3] as const) {
    const bytes = writeGguf({ metadata: VALUES, tensors, version });
    const file = GgufFile.from(bytes);
    assert.equal(file.header.version, version);
    const again = writeGguf({
      metadata: file.header.metadata,
      tensors: [{ ...file.tensor("t"), data: file.readBytes("t") }],
      version,
    });
    assert.deepEqual(Buffer.from(again), Buffer.from(bytes));
  }
});

test("64-bit integers are numbers up to 2^53 - 1 and bigints beyond", () => {
  const metadata = {
    a: scalar.uint64(2n ** 53n - 1n),
    b: scalar.uint64(2n ** 53n),
    c: scalar.int64(-1n),
    d: scalar.int64(-(2n ** 53n)),
  };
  const read = GgufFile.from(writeGguf({ metadata })).header.metadata;
  assert.deepEqual(
    [...read.values()].map(({ value }) => value),
    [2 ** 53 - 1, 2n ** 53n, -1, -(2n ** 53n)],
  );
});

test("bytes of a string that are no UTF-8 survive reading and writing", () => {
  const raw = Buffer.from([0x61, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0xef, 0xbf, 0xbd, 0xf0, 0x9f]);
  const bytes = Buffer.from(writeGguf({ metadata: { key: scalar.string("#".repeat(raw.length)) } }));
  raw.copy(bytes, bytes.indexOf("####"));
  const { metadata } = GgufFile.from(bytes).header;
  assert.equal(metadata.get("key")?.value, "a\udcff\udcc3(\udced\udca0\udc80\uFFFD\udcf0\udc9f");
  assert.deepEqual(Buffer.from(writeGguf({ metadata })), bytes);
});

const OUT_OF_RANGE: [string, GgufValue][] = [
  ["uint8 256", scalar.uint8(256)],
  ["int8 -129", scalar.int8(-129)],
  ["uint16 -1", scalar.uint16(-1)],
  ["uint32 2^32", scalar.uint32(2 ** 32)],
  ["int32 of a fraction", scalar.int32(0.5)],
  ["int32 NaN", scalar.int32(NaN)],
  ["uint64 -1", scalar.uint64(-1n)],
  ["uint64 2^64", scalar.uint64(2n ** 64n)],
  ["int64 2^63", scalar.int64(2n ** 63n)],
  ["uint64 of an inexact number", scalar.uint64(2 ** 60)],
];
for (const [name, value] of OUT_OF_RANGE) {
  test(`${name} is refused by the writer, which names the key`, () => {
    assert.throws(() => writeGguf({ metadata: { "the.key": value } }), {
      code: "ARGUMENT_INVALID",
      message: /the\.key/,
    });
  });
}
