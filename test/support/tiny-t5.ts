import { ggufValue } from "../../src/gguf/index.js";
import { cachedGguf } from "./tiny-directory.js";
import { modelMetadata, type TinyModel, type TinyShape } from "./tiny-model.js";
import { tinyUnigramVocab } from "./tiny-vocab-unigram.js";
import { TinyWeights } from "./tiny-weights.js";

const RELATIVE_BUCKETS = 32;

/** A random encoder-decoder; its decoder starts with the padding token. */
export function tinyT5(options: { readonly seed?: number } = {}): TinyModel {
  const shape: TinyShape = {
    vocab: tinyUnigramVocab(),
    embeddingSize: 64,
    layers: 2,
    heads: 4,
    kvHeads: 4,
    feedForwardSize: 128,
    contextSize: 512,
  };
  const path = cachedGguf("t5", options, () => ({
    metadata: modelMetadata("t5", "Tiny T5", shape, {
      "attention.key_length": ggufValue.uint32(shape.embeddingSize / shape.heads),
      "attention.value_length": ggufValue.uint32(shape.embeddingSize / shape.heads),
      "attention.layer_norm_epsilon": ggufValue.float32(1e-6),
      "attention.layer_norm_rms_epsilon": ggufValue.float32(1e-6),
      "attention.relative_buckets_count": ggufValue.uint32(RELATIVE_BUCKETS),
      decoder_start_token_id: ggufValue.uint32(shape.vocab.special.pad),
    }),
    tensors: weightsOf(shape, options.seed ?? 1).tensors,
  }));
  return { ...shape, path };
}

function weightsOf(shape: TinyShape, seed: number): TinyWeights {
  const { embeddingSize, heads, vocab, layers } = shape;
  const weights = new TinyWeights(seed);
  weights.matrix("token_embd.weight", embeddingSize, vocab.size, { gain: Math.sqrt(embeddingSize) });
  for (const side of ["enc", "dec"]) {
    for (let layer = 0; layer < layers; layer++) {
      const block = `${side}.blk.${layer}`;
      weights.constant(`${block}.attn_norm.weight`, [embeddingSize]);
      if (layer === 0) weights.random(`${block}.attn_rel_b.weight`, [heads, RELATIVE_BUCKETS], 0.5);
      weights.attention(`${block}.attn_`, shape, { output: "o" });
      if (side === "dec") {
        weights.constant(`${block}.cross_attn_norm.weight`, [embeddingSize]);
        weights.attention(`${block}.cross_attn_`, shape, { output: "o" });
      }
      weights.constant(`${block}.ffn_norm.weight`, [embeddingSize]);
      weights.feedForward(`${block}.ffn_`, embeddingSize, shape.feedForwardSize);
    }
  }
  weights.constant("enc.output_norm.weight", [embeddingSize]);
  weights.head(shape, "dec.output_norm.weight");
  return weights;
}
