import { ggufValue, type GgufContent, type GgufValue } from "../../src/gguf/index.js";
import { cachedGguf } from "./tiny-directory.js";
import { tinyBpeVocab } from "./tiny-vocab-bpe.js";
import { tinySpmVocab } from "./tiny-vocab-spm.js";
import type { TinyVocab } from "./tiny-vocab.js";
import { TinyWeights } from "./tiny-weights.js";

export interface TinyLlamaOptions {
  readonly seed?: number;
  /** Default `"spm"`. */
  readonly vocab?: "spm" | "bpe";
  /** Mean pooling, so that the model gives sentence embeddings. */
  readonly embedding?: boolean;
  /** Type of the matrices. Default `"F32"`. */
  readonly type?: "F32" | "F16" | "BF16";
  /** Default 64; rows of 256 are what K-quants need. */
  readonly embeddingSize?: number;
  readonly layers?: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly feedForwardSize?: number;
  readonly contextSize?: number;
  /** Metadata to add or, under the same key, to replace. */
  readonly metadata?: Readonly<Record<string, GgufValue>>;
}

/** A model file on disk and what a test may want to know about it. */
export interface TinyModel {
  readonly path: string;
  readonly vocab: TinyVocab;
  readonly embeddingSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly feedForwardSize: number;
  /** The context size it was "trained" with. */
  readonly contextSize: number;
}

/** A random model of the llama architecture: two layers, four heads over two, some four hundred tokens, half a megabyte. */
export function tinyLlama(options: TinyLlamaOptions = {}): TinyModel {
  const model = describe(options);
  const path = cachedGguf("llama", withoutBigints(options), () => buildTinyLlama(options));
  return { ...model, path };
}

/** The content of {@link tinyLlama}'s file. */
export function buildTinyLlama(options: TinyLlamaOptions = {}): GgufContent {
  const model = describe(options);
  return { metadata: metadataOf(model, options), tensors: weightsOf(model, options).tensors };
}

function describe(options: TinyLlamaOptions): Omit<TinyModel, "path"> {
  const { embeddingSize = 64, layers = 2, heads = 4, kvHeads = 2, feedForwardSize = 128, contextSize = 1024 } = options;
  const vocab = options.vocab === "bpe" ? tinyBpeVocab() : tinySpmVocab();
  return { vocab, embeddingSize, layers, heads, kvHeads, feedForwardSize, contextSize };
}

function metadataOf(model: Omit<TinyModel, "path">, options: TinyLlamaOptions): Record<string, GgufValue> {
  return {
    "general.architecture": ggufValue.string("llama"),
    "general.type": ggufValue.string("model"),
    "general.name": ggufValue.string("Tiny Llama"),
    "general.file_type": ggufValue.uint32({ F32: 0, F16: 1, BF16: 32 }[options.type ?? "F32"]),
    "general.sampling.top_k": ggufValue.int32(40),
    "general.sampling.top_p": ggufValue.float32(0.875),
    "general.sampling.min_p": ggufValue.float32(0.0625),
    "general.sampling.temp": ggufValue.float32(0.75),
    "llama.context_length": ggufValue.uint32(model.contextSize),
    "llama.embedding_length": ggufValue.uint32(model.embeddingSize),
    "llama.block_count": ggufValue.uint32(model.layers),
    "llama.feed_forward_length": ggufValue.uint32(model.feedForwardSize),
    "llama.attention.head_count": ggufValue.uint32(model.heads),
    "llama.attention.head_count_kv": ggufValue.uint32(model.kvHeads),
    "llama.attention.layer_norm_rms_epsilon": ggufValue.float32(1e-5),
    "llama.rope.freq_base": ggufValue.float32(10000),
    "llama.rope.dimension_count": ggufValue.uint32(model.embeddingSize / model.heads),
    "llama.vocab_size": ggufValue.uint32(model.vocab.size),
    ...(options.embedding === true ? { "llama.pooling_type": ggufValue.uint32(1) } : {}),
    ...model.vocab.metadata,
    ...options.metadata,
  };
}

function weightsOf(model: Omit<TinyModel, "path">, options: TinyLlamaOptions): TinyWeights {
  const { embeddingSize, feedForwardSize, vocab } = model;
  const keySize = (embeddingSize / model.heads) * model.kvHeads;
  const weights = new TinyWeights(options.seed ?? 1, options.type);
  weights.matrix("token_embd.weight", embeddingSize, vocab.size, { gain: Math.sqrt(embeddingSize) });
  for (let layer = 0; layer < model.layers; layer++) {
    const name = (part: string): string => `blk.${layer}.${part}.weight`;
    weights.constant(name("attn_norm"), [embeddingSize]);
    weights.matrix(name("attn_q"), embeddingSize, embeddingSize);
    weights.matrix(name("attn_k"), embeddingSize, keySize);
    weights.matrix(name("attn_v"), embeddingSize, keySize);
    weights.matrix(name("attn_output"), embeddingSize, embeddingSize);
    weights.constant(name("ffn_norm"), [embeddingSize]);
    weights.matrix(name("ffn_gate"), embeddingSize, feedForwardSize);
    weights.matrix(name("ffn_up"), embeddingSize, feedForwardSize);
    weights.matrix(name("ffn_down"), feedForwardSize, embeddingSize);
  }
  weights.constant("output_norm.weight", [embeddingSize]);
  // Special tokens have a logit of exactly 0, so that generations rarely end by chance.
  weights.matrix("output.weight", embeddingSize, vocab.size, { gain: 2, zeroRows: Object.keys(vocab.special).length });
  return weights;
}

function withoutBigints(options: TinyLlamaOptions): object {
  const metadata = Object.entries(options.metadata ?? {}).map(([key, { type, value }]) => [key, type, String(value)]);
  return { ...options, metadata };
}
