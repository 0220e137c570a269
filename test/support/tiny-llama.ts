import { ggufValue, type GgufValue, type TensorContent } from "../../src/gguf/index.js";
import { cachedGguf } from "./tiny-directory.js";
import { modelMetadata, type TinyModel, type TinyShape } from "./tiny-model.js";
import { tinyBpeVocab } from "./tiny-vocab-bpe.js";
import { tinySpmVocab } from "./tiny-vocab-spm.js";
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
  /** Makes it a mixture of that many experts, of which each token uses two. */
  readonly experts?: number;
  /** `"llada"` has the same tensors and is a diffusion model. Default `"llama"`. */
  readonly architecture?: "llama" | "llada";
  /** Metadata to add or, under the same key, to replace. */
  readonly metadata?: Readonly<Record<string, GgufValue>>;
}

/** A random model of the llama architecture: two layers, four heads over two, some four hundred tokens, half a megabyte. */
export function tinyLlama(options: TinyLlamaOptions = {}): TinyModel {
  return { ...shapeOf(options), path: cachedGguf("llama", options, () => buildTinyLlama(options)) };
}

/** A random diffusion language model. */
export function tinyDiffusion(options: Omit<TinyLlamaOptions, "architecture"> = {}): TinyModel {
  return tinyLlama({ ...options, architecture: "llada" });
}

/** What a tiny model's file is written from. */
interface TinyContent {
  readonly metadata: Readonly<Record<string, GgufValue>>;
  readonly tensors: readonly TensorContent[];
}

/** The content of {@link tinyLlama}'s file. */
export function buildTinyLlama(options: TinyLlamaOptions = {}): TinyContent {
  const shape = shapeOf(options);
  return { metadata: metadataOf(shape, options), tensors: weightsOf(shape, options).tensors };
}

function shapeOf(options: TinyLlamaOptions): TinyShape {
  const { embeddingSize = 64, layers = 2, heads = 4, kvHeads = 2, feedForwardSize = 128, contextSize = 1024 } = options;
  const vocab = options.vocab === "bpe" ? tinyBpeVocab() : tinySpmVocab();
  return { vocab, embeddingSize, layers, heads, kvHeads, feedForwardSize, contextSize };
}

function metadataOf(shape: TinyShape, options: TinyLlamaOptions): Record<string, GgufValue> {
  return {
    ...modelMetadata(options.architecture ?? "llama", "Tiny Llama", shape, {
      "attention.layer_norm_rms_epsilon": ggufValue.float32(1e-5),
      "rope.freq_base": ggufValue.float32(10000),
      "rope.dimension_count": ggufValue.uint32(shape.embeddingSize / shape.heads),
      ...(options.experts === undefined
        ? {}
        : { expert_count: ggufValue.uint32(options.experts), expert_used_count: ggufValue.uint32(2) }),
      ...(options.embedding === true ? { pooling_type: ggufValue.uint32(1) } : {}),
    }),
    "general.file_type": ggufValue.uint32({ F32: 0, F16: 1, BF16: 32 }[options.type ?? "F32"]),
    "general.sampling.top_k": ggufValue.int32(40),
    "general.sampling.top_p": ggufValue.float32(0.875),
    "general.sampling.min_p": ggufValue.float32(0.0625),
    "general.sampling.temp": ggufValue.float32(0.75),
    ...options.metadata,
  };
}

function weightsOf(shape: TinyShape, options: TinyLlamaOptions): TinyWeights {
  const { embeddingSize, feedForwardSize, vocab } = shape;
  const weights = new TinyWeights(options.seed ?? 1, options.type);
  weights.matrix("token_embd.weight", embeddingSize, vocab.size, { gain: Math.sqrt(embeddingSize) });
  for (let layer = 0; layer < shape.layers; layer++) {
    weights.constant(`blk.${layer}.attn_norm.weight`, [embeddingSize]);
    weights.attention(`blk.${layer}.attn_`, shape);
    weights.constant(`blk.${layer}.ffn_norm.weight`, [embeddingSize]);
    if (options.experts === undefined) weights.feedForward(`blk.${layer}.ffn_`, embeddingSize, feedForwardSize);
    else weights.experts(`blk.${layer}.ffn_`, embeddingSize, feedForwardSize, options.experts);
  }
  weights.head(shape);
  return weights;
}
