/** A model of a billion random parameters, for speed alone: its text means nothing, and its work is that of a real one. */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../scripts/bindgen/source.js";
import {
  encodeTensor,
  GgufFile,
  ggufValue,
  type GgufValue,
  type TensorContent,
  writeGgufFile,
} from "../src/gguf/index.js";
import { quantizeAsync } from "../src/llama/index.js";

const WIDTH = 2048;
const INNER = 5632;
const LAYERS = 22;
const HEADS = 32;
const KV_HEADS = 8;
/** Tokens that no answer has: the vocabulary's control tokens. Their logits are zero, and the greatest is not. */
const CONTROL = 17;

/** Writes it into `.cache/` in F16, quantizes it to Q4_K_M, and keeps that. @param vocabulary the model whose tokens it has */
export async function randomBillion(vocabulary: string): Promise<string> {
  const folder = join(root, ".cache", "random-1b");
  const path = join(folder, "random-1b-q4_k_m.gguf");
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const full = join(folder, "f16.gguf");
  const partial = join(folder, "partial.gguf");
  writeGgufFile(full, { metadata: metadata(vocabulary), tensors: tensors() });
  await quantizeAsync({ input: full, output: partial, type: "Q4_K_M" });
  rmSync(full);
  renameSync(partial, path);
  return path;
}

function metadata(vocabulary: string): Record<string, GgufValue> {
  using file = GgufFile.open(vocabulary);
  const kept = [...file.header.metadata].filter(([key]) => key.startsWith("tokenizer."));
  return {
    "general.architecture": ggufValue.string("llama"),
    "general.name": ggufValue.string("A billion random numbers"),
    "general.file_type": ggufValue.uint32(1),
    "llama.block_count": ggufValue.uint32(LAYERS),
    "llama.context_length": ggufValue.uint32(4096),
    "llama.embedding_length": ggufValue.uint32(WIDTH),
    "llama.feed_forward_length": ggufValue.uint32(INNER),
    "llama.attention.head_count": ggufValue.uint32(HEADS),
    "llama.attention.head_count_kv": ggufValue.uint32(KV_HEADS),
    "llama.attention.layer_norm_rms_epsilon": ggufValue.float32(1e-5),
    "llama.rope.dimension_count": ggufValue.uint32(WIDTH / HEADS),
    ...Object.fromEntries(kept),
  };
}

function tensors(): TensorContent[] {
  const vocabulary = 49_152;
  // One run of random numbers for every matrix of a size: what a matrix holds makes no difference to its speed.
  const drawn = new Map<string, Uint8Array>();
  const matrix = (name: string, columns: number, rows: number, gain = 1, zeroRows = 0): TensorContent => {
    const key = [columns, rows, gain, zeroRows].join();
    const data = drawn.get(key) ?? draw(columns, rows, gain, zeroRows);
    drawn.set(key, data);
    return { name, type: "F16", shape: [columns, rows], data };
  };
  const norm = (name: string): TensorContent => {
    return { name, type: "F32", shape: [WIDTH], data: encodeTensor("F32", new Float32Array(WIDTH).fill(1)) };
  };
  const keys = (WIDTH / HEADS) * KV_HEADS;
  const layers = Array.from({ length: LAYERS }, (_, layer) => `blk.${layer}`).flatMap((block) => [
    norm(`${block}.attn_norm.weight`),
    matrix(`${block}.attn_q.weight`, WIDTH, WIDTH),
    matrix(`${block}.attn_k.weight`, WIDTH, keys),
    matrix(`${block}.attn_v.weight`, WIDTH, keys),
    matrix(`${block}.attn_output.weight`, WIDTH, WIDTH),
    norm(`${block}.ffn_norm.weight`),
    matrix(`${block}.ffn_gate.weight`, WIDTH, INNER),
    matrix(`${block}.ffn_up.weight`, WIDTH, INNER),
    matrix(`${block}.ffn_down.weight`, INNER, WIDTH),
  ]);
  const embeddings = matrix("token_embd.weight", WIDTH, vocabulary, Math.sqrt(WIDTH));
  return [embeddings, ...layers, norm("output_norm.weight"), matrix("output.weight", WIDTH, vocabulary, 2, CONTROL)];
}

function draw(columns: number, rows: number, gain: number, zeroRows: number): Uint8Array {
  const scale = (gain / Math.sqrt(columns)) * 3.46;
  const values = Float32Array.from({ length: columns * rows }, (_, index) =>
    index < zeroRows * columns ? 0 : (Math.random() - 0.5) * scale,
  );
  return encodeTensor("F16", values);
}
