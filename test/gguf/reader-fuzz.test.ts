import assert from "node:assert/strict";
import { test } from "node:test";
import { checkModelMetadata, encodeTensor, GgufError, GgufFile, ggufValue, writeGguf } from "../../src/gguf/index.js";
import { TinyRandom } from "../support/tiny-random.js";

const SEED = 20_240_601;
const ROUNDS = 6000;
const INTERESTING = [0, 1, 0x7f, 0x80, 0xff];

const MODEL = Buffer.from(
  writeGguf({
    metadata: {
      "general.architecture": ggufValue.string("llama"),
      "llama.block_count": ggufValue.uint32(2),
      "llama.expert_used_count": ggufValue.array("uint32", Uint32Array.of(0, 0)),
      "tokenizer.ggml.model": ggufValue.string("gpt2"),
      "tokenizer.ggml.tokens": ggufValue.array(
        "string",
        Array.from({ length: 20 }, (_, i) => `token ${i}`),
      ),
      "tokenizer.ggml.scores": ggufValue.array("float32", new Float32Array(20)),
      nested: ggufValue.array("array", [ggufValue.array("uint64", BigUint64Array.of(5n))]),
    },
    tensors: ["a.weight", "b.weight", "c_norm.weight"].map((name) => ({
      name,
      type: "F32" as const,
      shape: [4, 2],
      data: encodeTensor("F32", new Float32Array(8)),
    })),
  }),
);

test(`${ROUNDS} files with changed bytes read, or fail with a GgufError, quickly (seed ${SEED})`, () => {
  const random = new TinyRandom(SEED);
  let refused = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const bytes = Buffer.from(MODEL);
    for (let flips = 1 + random.below(6); flips > 0; flips--) {
      const value = random.below(2) === 0 ? random.below(256) : (INTERESTING[random.below(INTERESTING.length)] ?? 0);
      bytes.writeUInt8(value, random.below(bytes.byteLength));
    }
    const cut = random.below(10) === 0 ? bytes.subarray(0, random.below(bytes.byteLength)) : bytes;
    try {
      const file = GgufFile.from(cut);
      for (const name of file.header.tensors.keys())
        assert.equal(file.readBytes(name).byteLength, file.tensor(name).byteLength);
      checkModelMetadata(file.header);
    } catch (error) {
      assert.ok(error instanceof GgufError, `round ${round}: ${String(error)}`);
      refused++;
    }
  }
  assert.ok(refused > ROUNDS / 4 && refused < ROUNDS, `${refused} refused`);
});
