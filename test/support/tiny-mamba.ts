import { ggufValue } from "../../src/gguf/index.js";
import { cachedGguf } from "./tiny-directory.js";
import { modelMetadata, type TinyModel, type TinyShape } from "./tiny-model.js";
import { tinySpmVocab } from "./tiny-vocab-spm.js";
import { TinyWeights } from "./tiny-weights.js";

const STATE = 16;
const KERNEL = 4;
const TIME_RANK = 4;

/** A random recurrent model: no attention, a state a sequence instead of a cache a token. */
export function tinyMamba(options: { readonly seed?: number } = {}): TinyModel {
  const shape: TinyShape = {
    vocab: tinySpmVocab(),
    embeddingSize: 64,
    layers: 2,
    heads: 0,
    kvHeads: 0,
    feedForwardSize: 0,
    contextSize: 1024,
  };
  const path = cachedGguf("mamba", options, () => ({
    metadata: modelMetadata("mamba", "Tiny Mamba", shape, {
      "attention.layer_norm_rms_epsilon": ggufValue.float32(1e-5),
      "ssm.conv_kernel": ggufValue.uint32(KERNEL),
      "ssm.inner_size": ggufValue.uint32(shape.embeddingSize * 2),
      "ssm.state_size": ggufValue.uint32(STATE),
      "ssm.time_step_rank": ggufValue.uint32(TIME_RANK),
    }),
    tensors: weightsOf(shape, options.seed ?? 1).tensors,
  }));
  return { ...shape, path };
}

function weightsOf(shape: TinyShape, seed: number): TinyWeights {
  const { embeddingSize, vocab, layers } = shape;
  const inner = embeddingSize * 2;
  const weights = new TinyWeights(seed);
  weights.matrix("token_embd.weight", embeddingSize, vocab.size, { gain: Math.sqrt(embeddingSize) });
  for (let layer = 0; layer < layers; layer++) {
    const block = `blk.${layer}`;
    weights.constant(`${block}.attn_norm.weight`, [embeddingSize]);
    weights.matrix(`${block}.ssm_in.weight`, embeddingSize, inner * 2);
    weights.random(`${block}.ssm_conv1d.weight`, [KERNEL, inner], 0.5);
    weights.constant(`${block}.ssm_conv1d.bias`, [inner], 0);
    weights.matrix(`${block}.ssm_x.weight`, inner, TIME_RANK + STATE * 2);
    weights.matrix(`${block}.ssm_dt.weight`, TIME_RANK, inner);
    weights.constant(`${block}.ssm_dt.bias`, [inner], -2);
    weights.constant(`${block}.ssm_a`, [STATE, inner], -1);
    weights.constant(`${block}.ssm_d`, [inner]);
    weights.matrix(`${block}.ssm_out.weight`, inner, embeddingSize);
  }
  weights.head(shape);
  return weights;
}
