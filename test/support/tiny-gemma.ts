import { ggufValue } from "../../src/gguf/index.js";
import { cachedGguf } from "./tiny-directory.js";
import { modelMetadata, type TinyModel, type TinyShape } from "./tiny-model.js";
import { tinySpmVocab } from "./tiny-vocab-spm.js";
import { TinyWeights } from "./tiny-weights.js";

export interface TinyGemmaOptions {
  readonly seed?: number;
  /** Tokens that the first layer looks back; the second sees everything. Default 16. */
  readonly slidingWindow?: number;
}

/** A random model with sliding-window attention. */
export function tinyGemma(options: TinyGemmaOptions = {}): TinyModel {
  const shape: TinyShape = {
    vocab: tinySpmVocab(),
    embeddingSize: 64,
    layers: 2,
    heads: 4,
    kvHeads: 2,
    feedForwardSize: 128,
    contextSize: 1024,
  };
  const path = cachedGguf("gemma", options, () => ({
    metadata: modelMetadata("gemma2", "Tiny Gemma", shape, {
      "attention.layer_norm_rms_epsilon": ggufValue.float32(1e-6),
      "attention.key_length": ggufValue.uint32(shape.embeddingSize / shape.heads),
      "attention.value_length": ggufValue.uint32(shape.embeddingSize / shape.heads),
      "attention.sliding_window": ggufValue.uint32(options.slidingWindow ?? 16),
      attn_logit_softcapping: ggufValue.float32(50),
      final_logit_softcapping: ggufValue.float32(30),
    }),
    tensors: weightsOf(shape, options.seed ?? 1).tensors,
  }));
  return { ...shape, path };
}

function weightsOf(shape: TinyShape, seed: number): TinyWeights {
  const { embeddingSize, feedForwardSize, vocab, layers } = shape;
  const weights = new TinyWeights(seed);
  // The same matrix maps tokens in and out here.
  weights.matrix("token_embd.weight", embeddingSize, vocab.size, { gain: 2 });
  for (let layer = 0; layer < layers; layer++) {
    for (const norm of ["attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"]) {
      weights.constant(`blk.${layer}.${norm}.weight`, [embeddingSize]);
    }
    weights.attention(`blk.${layer}.attn_`, shape);
    weights.feedForward(`blk.${layer}.ffn_`, embeddingSize, feedForwardSize);
  }
  weights.constant("output_norm.weight", [embeddingSize]);
  return weights;
}
