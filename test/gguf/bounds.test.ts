import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { encodeTensor, GgufError, GgufFile, ggufValue, validateGgufFile, writeGguf } from "../../src/gguf/index.js";
import { tinyDirectory } from "../support/tiny-models.js";

const DATA = encodeTensor("F32", new Float32Array(8));
const GOOD = Buffer.from(
  writeGguf({
    metadata: {
      key: ggufValue.string("value"),
      list: ggufValue.array("int32", Int32Array.of(1, 2)),
      last: ggufValue.uint32(7),
    },
    tensors: ["first", "other"].map((name) => ({ name, type: "F32" as const, shape: [8], data: DATA })),
  }),
);
const at = (text: string): number => GOOD.indexOf(text);
/** Where the fields of the first tensor's row start. */
const ROW = {
  name: at("first"),
  dimensions: at("first") + 5,
  length: at("first") + 9,
  type: at("first") + 17,
  offset: at("first") + 21,
};

function uint32(offset: number, value: number): (bytes: Buffer) => void {
  return (bytes) => void bytes.writeUInt32LE(value, offset);
}
function uint64(offset: number, value: bigint): (bytes: Buffer) => void {
  return (bytes) => void bytes.writeBigUInt64LE(value, offset);
}

const CASES: [string, (bytes: Buffer) => void, RegExp, number?][] = [
  ["another magic number", (bytes) => void bytes.write("GGML"), /does not start with "GGUF"/, 0],
  ["version 1", uint32(4, 1), /version 1 is not supported/, 4],
  ["version 4", uint32(4, 4), /version 4 is not supported/, 4],
  ["big-endian", uint32(4, 0x03000000), /big-endian/, 4],
  ["2^63 tensors", uint64(8, 2n ** 63n), /number of tensors is 9223372036854775808, which is absurd/, 8],
  ["a million tensors", uint64(8, 1_000_000n), /1000000 tensors/, 8],
  ["2^64 - 1 keys", uint64(16, 2n ** 64n - 1n), /number of metadata keys/, 16],
  ["a million keys", uint64(16, 1_000_000n), /1000000 metadata keys/, 16],
  ["one tensor too many", uint64(8, 3n), /./],
  ["one key too many", uint64(16, 4n), /./],
  [
    "a key longer than the file",
    uint64(at("key") - 8, 60_000n),
    /metadata key 0 is said to be 60000 bytes long, but the file has only/,
    24,
  ],
  [
    "a key longer than the limit",
    uint64(at("key") - 8, 2n ** 40n),
    /metadata key 0 is said to be 1099511627776 bytes long/,
    24,
  ],
  ["an empty key", uint64(at("key") - 8, 0n), /metadata key 0 is empty/, 24],
  [
    "two equal keys",
    (bytes) => void bytes.write("list", at("last")),
    /metadata key "list" occurs twice/,
    at("last") - 8,
  ],
  ["a NUL in a key", (bytes) => void bytes.writeUInt8(0, at("key")), /metadata key 0 has a NUL/, 24],
  [
    "an unknown value type",
    uint32(at("key") + 3, 13),
    /the value of "key" has the unknown value type 13/,
    at("key") + 3,
  ],
  [
    "a string of 2^62 bytes",
    uint64(at("value") - 8, 2n ** 62n),
    /length of the value of "key" is 4611686018427387904/,
    at("value") - 8,
  ],
  ["an unknown item type", uint32(at("list") + 8, 99), /unknown value type 99/, at("list") + 8],
  ["an array of 2^60 items", uint64(at("list") + 12, 2n ** 60n), /which is absurd/, at("list") + 12],
  [
    "an array longer than the file",
    uint64(at("list") + 12, 2n ** 50n),
    /1125899906842624 items, but the file has only/,
    at("list") + 12,
  ],
  [
    "an array of arrays without end",
    (bytes) => {
      uint32(at("list") + 8, 9)(bytes);
      uint64(at("list") + 12, 1n)(bytes);
    },
    /./,
  ],
  ["a tensor without a name", uint64(ROW.name - 8, 0n), /tensor 0 has no usable name/, ROW.name - 8],
  [
    "a tensor name of 64 bytes",
    uint64(ROW.name - 8, 64n),
    /name of tensor 0 is said to be 64 bytes long, but the limit is 63/,
    ROW.name - 8,
  ],
  ["a NUL in a tensor name", (bytes) => void bytes.writeUInt8(0, ROW.name), /no usable name/, ROW.name - 8],
  [
    "two tensors of one name",
    (bytes) => void bytes.write("first", at("other")),
    /two tensors are named "first"/,
    at("other") - 8,
  ],
  ["five dimensions", uint32(ROW.dimensions, 5), /tensor "first" has 5 dimensions, more than 4/, ROW.dimensions],
  [
    "a dimension of 2^63",
    uint64(ROW.length, 2n ** 63n),
    /a dimension of tensor "first" is 9223372036854775808/,
    ROW.length,
  ],
  ["more elements than can be counted", uint64(ROW.length, 2n ** 52n), /fewer than 2\^53 bytes/, ROW.name - 8],
  ["an unknown tensor type", uint32(ROW.type, 43), /tensor "first" has the unknown tensor type 43/, ROW.type],
  ["a removed tensor type", uint32(ROW.type, 4), /unknown tensor type 4/, ROW.type],
  ["rows that are no whole blocks", uint32(ROW.type, 2), /a multiple of 32 elements/, ROW.name - 8],
  [
    "an offset that is not aligned",
    uint64(ROW.offset, 4n),
    /starts at offset 4, which is not a multiple of 32/,
    ROW.name - 8,
  ],
  [
    "an offset beyond the file",
    uint64(ROW.offset, 4096n),
    /but the file has only \d+; it may be incomplete/,
    ROW.name - 8,
  ],
  [
    "tensors one on the other",
    uint64(ROW.offset, 32n),
    /tensors "first" and "other" overlap|tensors "other" and "first" overlap/,
  ],
];

for (const [name, damage, message, offset] of CASES) {
  test(`${name} is refused, saying what and where`, () => {
    const bytes = Buffer.from(GOOD);
    damage(bytes);
    assert.throws(
      () => GgufFile.from(bytes),
      (error: unknown) => {
        assert.ok(error instanceof GgufError, String(error));
        assert.equal(error.code, "GGUF_INVALID");
        assert.match(error.message, message);
        if (offset !== undefined) assert.equal(error.offset, offset);
        return true;
      },
    );
  });
}

test("every file cut short is refused", () => {
  for (let length = 0; length < GOOD.byteLength; length++) {
    const read = (): GgufFile => GgufFile.from(GOOD.subarray(0, length));
    assert.throws(read, GgufError, `cut to ${length} bytes`);
  }
  assert.equal(GgufFile.from(GOOD).header.tensors.size, 2);
});

for (const [name, value] of [
  ["0", ggufValue.uint32(0)],
  ["24", ggufValue.uint32(24)],
  ["a string", ggufValue.string("32")],
  ["a uint64", ggufValue.uint64(32)],
] as const) {
  test(`an alignment of ${name} is refused on reading and writing`, () => {
    const bytes = Buffer.from(writeGguf({ metadata: { "general.alignmenT": value } }));
    bytes.write("general.alignment", 32);
    assert.throws(() => GgufFile.from(bytes), GgufError);
    assert.throws(() => writeGguf({ metadata: { "general.alignment": value } }), GgufError);
  });
}

test("what is no file to read says so", () => {
  const directory = join(tinyDirectory(), "not-a-file");
  mkdirSync(directory);
  writeFileSync(join(directory, "empty"), "");
  assert.throws(() => validateGgufFile(join(directory, "missing")), { code: "MODEL_NOT_FOUND", message: /missing/ });
  assert.throws(() => validateGgufFile(directory), { code: "GGUF_INVALID", message: /is a directory/ });
  assert.throws(() => validateGgufFile(join(directory, "empty")), { code: "GGUF_INVALID", message: /is empty/ });
});
