import assert from "node:assert/strict";
import { copyFileSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import {
  checkAdapterMetadata,
  checkModelMetadata,
  type GgufHeader,
  GgufFile,
  ggufValue,
  type GgufValue,
  tensorByteLength,
  type TensorType,
  validateGgufFile,
  validateModelFile,
  writeGguf,
  writeGgufFile,
} from "../../src/gguf/index.js";
import {
  tinyBert,
  tinyDiffusion,
  tinyDirectory,
  tinyGemma,
  tinyHybrid,
  tinyLlama,
  tinyLora,
  tinyMamba,
  tinyReranker,
  tinySplits,
  tinyT5,
} from "../support/tiny-models.js";

const { array, uint32, string, bool, float32 } = ggufValue;

const MODELS = {
  llama: tinyLlama(),
  bpe: tinyLlama({ vocab: "bpe" }),
  half: tinyLlama({ type: "F16", embedding: true }),
  bert: tinyBert(),
  reranker: tinyReranker(),
  t5: tinyT5(),
  mamba: tinyMamba(),
  hybrid: tinyHybrid({ nextToken: true }),
  gemma: tinyGemma(),
  diffusion: tinyDiffusion(),
};

for (const [name, { path }] of Object.entries(MODELS)) {
  test(`the ${name} model passes`, () => {
    assert.equal(validateModelFile(path).tensors.size, validateGgufFile(path).tensors.size);
  });
}

/** A model's header with some metadata replaced (or, where `undefined`, removed). */
function changed(model: keyof typeof MODELS, changes: Readonly<Record<string, GgufValue | undefined>>): GgufHeader {
  const header = validateGgufFile(MODELS[model].path);
  const metadata = new Map(header.metadata);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) metadata.delete(key);
    else metadata.set(key, value);
  }
  return { ...header, metadata };
}

function show(value: GgufValue | undefined): string {
  if (value === undefined) return "missing";
  return value.type === "array"
    ? `of ${value.value.length} items`
    : JSON.stringify(value.value).replaceAll("\\u0000", "<NUL>");
}

const TOKENS = "tokenizer.ggml.tokens";
const FEW = array("string", ["a", "b", "c"]);

const REFUSED: [keyof typeof MODELS, Readonly<Record<string, GgufValue | undefined>>, RegExp][] = [
  ["llama", { "general.architecture": undefined }, /general\.architecture is missing/],
  ["llama", { "llama.block_count": uint32(0) }, /block_count is 0/],
  ["llama", { "llama.block_count": uint32(513) }, /block_count is 513/],
  ["llama", { "general.architecture": string("llama\0x"), "llama.block_count": uint32(0) }, /llama\.block_count is 0/],
  ["hybrid", { "qwen35.nextn_predict_layers": uint32(4) }, /nextn_predict_layers is 4/],
  ["llama", { "llama.rope.scaling.type": string("linera") }, /"linera"/],
  ["llama", { "llama.attention.layer_norm_rms_epsilon": float32(NaN) }, /epsilon is NaN/],
  ["bert", { "bert.attention.layer_norm_epsilon": float32(-1) }, /epsilon is -1/],
  ["llama", { "llama.expert_count": uint32(2000), "llama.expert_used_count": uint32(1) }, /expert_count is 2000/],
  ["llama", { "llama.expert_used_count": uint32(1) }, /expert_used_count is 1/],
  ["llama", { "llama.expert_count": uint32(4) }, /expert_used_count is 0/],
  ["llama", { "llama.expert_group_count": uint32(2) }, /expert_group_count is 2/],
  [
    "llama",
    { "llama.expert_count": uint32(4), "llama.expert_used_count": uint32(2), "llama.expert_group_count": uint32(3) },
    /does not divide 4/,
  ],
  [
    "llama",
    { "llama.expert_count": uint32(4), "llama.expert_used_count": uint32(2), "llama.expert_group_count": uint32(2) },
    /group_used_count is 0/,
  ],
  ["llama", { "llama.embedding_length": uint32(0) }, /embedding_length is 0/],
  ["llama", { "llama.attention.value_length": uint32(8) }, /value_length 8, but they must be equal/],
  ["llama", { "llama.attention.head_count_kv": uint32(3) }, /3, which does not divide 4 heads/],
  ["diffusion", { "llada.rope.dimension_count": uint32(8) }, /must be the size of a head, 16/],
  ["hybrid", { "qwen35.rope.dimension_count": uint32(18) }, /an even number up to 16/],
  ["hybrid", { "qwen35.rope.dimension_count": uint32(7) }, /an even number up to 16/],
  [
    "hybrid",
    { "qwen35.rope.dimension_sections": array("int32", Int32Array.of(8, 8, 8, 0)) },
    /does not share out a head of 16/,
  ],
  ["hybrid", { "qwen35.full_attention_interval": uint32(0) }, /full_attention_interval is 0/],
  ["hybrid", { "qwen35.ssm.inner_size": uint32(32) }, /inner_size is 32/],
  ["hybrid", { "qwen35.ssm.group_count": uint32(3) }, /group_count is 3/],
  ["mamba", { "mamba.ssm.conv_kernel": uint32(0) }, /conv_kernel is 0/],
  ["llama", { [TOKENS]: array("string", ["x", "y", "x"]) }, /has "x" twice, the second time as token 2/],
  ["llama", { [TOKENS]: array("string", ["x\0y", "x"]) }, /has "x" twice/],
  ["llama", { [TOKENS]: array("string", ["[EMPTY_1]", ""]) }, /EMPTY_1/],
  ["llama", { [TOKENS]: FEW }, /no token for the byte <0x00>/],
  ["llama", { [TOKENS]: array("string", ["a"]), "tokenizer.ggml.bos_token_id": undefined }, /bos_token_id names none/],
  ["bpe", { [TOKENS]: FEW, "tokenizer.ggml.bos_token_id": uint32(3) }, /bos_token_id names none/],
  [
    "bpe",
    { [TOKENS]: FEW, "tokenizer.ggml.add_eos_token": bool(true), "tokenizer.ggml.eos_token_id": undefined },
    /eos_token_id names none/,
  ],
  ["bert", { [TOKENS]: FEW, "tokenizer.ggml.seperator_token_id": undefined }, /seperator_token_id/],
  ["bert", { "tokenizer.ggml.token_type": array("int32", Int32Array.of(1, 6)) }, /token 1 is a byte/],
  [
    "t5",
    { "tokenizer.ggml.add_bos_token": bool(true), "tokenizer.ggml.bos_token_id": undefined },
    /bos_token_id names none/,
  ],
  [
    "llama",
    { "tokenizer.ggml.model": string("none"), "llama.vocab_size": uint32(2 ** 31) },
    /vocab_size is 2147483648/,
  ],
];
for (const [model, changes, message] of REFUSED) {
  const what = Object.entries(changes).map(([key, value]) => `${key} ${show(value)}`);
  test(`a ${model} model is refused with ${what.join(", ")}`, () => {
    assert.throws(() => checkModelMetadata(changed(model, changes)), { code: "GGUF_INVALID", message });
  });
}

const ACCEPTED: [keyof typeof MODELS, Readonly<Record<string, GgufValue | undefined>>][] = [
  ["llama", { "llama.rope.scaling.type": string("yarn") }],
  [
    "llama",
    { "llama.expert_count": uint32(4), "llama.expert_used_count": uint32(2), "llama.expert_group_count": uint32(1) },
  ],
  ["hybrid", { "qwen35.rope.dimension_count": uint32(8) }],
  ["llama", { "llama.attention.head_count_kv": array("uint32", Uint32Array.of(0, 4)) }],
  ["llama", { "tokenizer.ggml.bos_token_id": uint32(99_999) }],
  ["bpe", { "tokenizer.ggml.bos_token_id": undefined, "tokenizer.ggml.eos_token_id": undefined }],
  ["t5", { "tokenizer.ggml.bos_token_id": undefined }],
  ["llama", { "tokenizer.ggml.model": string("none") }],
  ["llama", { "tokenizer.ggml.model": undefined }],
  ["llama", { [TOKENS]: undefined }],
];
for (const [model, changes] of ACCEPTED) {
  test(`a ${model} model passes with ${Object.entries(changes)
    .map(([key, value]) => `${key} ${show(value)}`)
    .join(", ")}`, () => {
    checkModelMetadata(changed(model, changes));
  });
}

function withTensor(name: string, type: TensorType, shape: readonly number[]): GgufHeader {
  const header = validateGgufFile(MODELS.llama.path);
  const info = { name, type, shape, offset: 0, byteLength: tensorByteLength(type, shape) ?? 0 };
  return { ...header, tensors: new Map([...header.tensors, [name, info]]) };
}

for (const [name, type, shape, verdict] of [
  ["output_norm.weight", "F16", [64], /must be F32/],
  ["blk.0.attn_q.bias", "BF16", [64], /must be F32/],
  ["blk.0.attn_q_norm.weight", "Q8_0", [64, 4], /must be F32/],
  ["blk.0.ssm_conv1d.weight", "F16", [4, 64], /must be F32/],
  ["blk.0.attn_q.weight", "I32", [64, 64], /weights cannot have/],
  ["blk.0.attn_q.weight", "Q8_K", [256, 64], /weights cannot have/],
  ["blk.0.ffn_gate_tid2eid", "F32", [64], /holds ids/],
  ["blk.0.ffn_gate_tid2eid", "I32", [64], undefined],
  ["blk.0.ffn_gate_inp_shexp.weight", "F16", [64], undefined],
  ["cls.output.weight", "F16", [64, 1], undefined],
  ["blk.0.attn_q.weight", "IQ1_S", [256, 64], undefined],
] as const) {
  test(`tensor ${name} of type ${type} and shape [${shape.join(", ")}] ${verdict === undefined ? "passes" : "is refused"}`, () => {
    const check = (): void => checkModelMetadata(withTensor(name, type, shape));
    if (verdict === undefined) check();
    else assert.throws(check, { code: "GGUF_INVALID", message: verdict });
  });
}

test("T5 without its position table is refused", () => {
  const header = validateGgufFile(MODELS.t5.path);
  const tensors = new Map([...header.tensors].filter(([name]) => name !== "dec.blk.0.attn_rel_b.weight"));
  assert.throws(() => checkModelMetadata({ ...header, tensors }), {
    message: /"dec\.blk\.0\.attn_rel_b\.weight" is missing/,
  });
});

test("a model with extra prediction layers has all of its other layers or none", () => {
  const header = validateGgufFile(MODELS.hybrid.path);
  const keep = (pattern: RegExp): GgufHeader => ({
    ...header,
    tensors: new Map([...header.tensors].filter(([name]) => pattern.test(name))),
  });
  checkModelMetadata(keep(/^blk\.2\.|^[^b]/));
  assert.throws(() => checkModelMetadata(keep(/^(?!blk\.0\.attn_norm)/)), {
    message: /"blk\.0\.attn_norm\.weight" is missing/,
  });
});

test("a split model is checked over all its files", () => {
  const [first = "", second = "", third = ""] = tinySplits(3);
  assert.equal(validateModelFile(first).tensors.size, validateModelFile(MODELS.llama.path).tensors.size);
  const directory = join(tinyDirectory(), "wrong-splits");
  mkdirSync(directory);
  for (const path of [first, third]) copyFileSync(path, join(directory, basename(path)));
  const start = join(directory, basename(first));
  assert.throws(() => validateModelFile(start), { code: "MODEL_NOT_FOUND" });
  copyFileSync(third, join(directory, basename(second)));
  assert.throws(() => validateModelFile(start), {
    code: "GGUF_INVALID",
    message: /split\.no as 1 of type uint16, but has 2 of type uint16/,
  });
  writeGgufFile(join(directory, basename(second)), { metadata: { "split.no": uint32(1) } });
  assert.throws(() => validateModelFile(start), { code: "GGUF_INVALID", message: /but has 1 of type uint32/ });
  copyFileSync(first, join(directory, "renamed.gguf"));
  assert.throws(() => validateModelFile(join(directory, "renamed.gguf")), {
    code: "GGUF_INVALID",
    message: /not named so/,
  });
  assert.equal(validateModelFile(join(directory, "renamed.gguf"), [first, second, third]).tensors.size, 21);
});

test("an adapter passes, and is refused with keys or tensors that crash", () => {
  const header = validateGgufFile(tinyLora(MODELS.llama));
  checkAdapterMetadata(header);
  const refuse = (key: string, value: GgufValue, message: RegExp): void => {
    const metadata = new Map([...header.metadata, [key, value]]);
    assert.throws(() => checkAdapterMetadata({ ...header, metadata }), { code: "GGUF_INVALID", message });
  };
  refuse("adapter.lora.alpha", uint32(8), /adapter\.lora\.alpha must be a float32, but is a uint32/);
  refuse("general.type", uint32(1), /general\.type must be a string/);
  const bad = {
    metadata: Object.fromEntries(header.metadata),
    tensors: [{ name: "x.lora_a", type: "F32" as const, shape: [2, 2, 2], data: new Uint8Array(32) }],
  };
  assert.throws(() => checkAdapterMetadata(GgufFile.from(writeGguf(bad)).header), { message: /must be a matrix/ });
});
