import { ggufValue } from "../../src/gguf/index.js";
import { cachedGguf } from "./tiny-directory.js";
import { modelMetadata, type TinyModel, type TinyShape } from "./tiny-model.js";
import { tinySpmVocab } from "./tiny-vocab-spm.js";
import { TinyWeights } from "./tiny-weights.js";

const STATE = 16;
const KERNEL = 4;
const KEY_HEADS = 2;
const VALUE_HEADS = 4;

export interface TinyHybridOptions {
  readonly seed?: number;
  /** A third block that predicts the token after next (multi-token prediction). */
  readonly nextToken?: boolean;
}

/** A random hybrid, as Qwen 3.5 is: one recurrent layer, one attention layer; its state can be rolled back. */
export function tinyHybrid(options: TinyHybridOptions = {}): TinyModel {
  const { seed = 1, nextToken = false } = options;
  const shape: TinyShape = {
    vocab: tinySpmVocab(),
    embeddingSize: 64,
    layers: nextToken ? 3 : 2,
    heads: 4,
    kvHeads: 2,
    feedForwardSize: 128,
    contextSize: 1024,
  };
  const headSize = shape.embeddingSize / shape.heads;
  const path = cachedGguf("hybrid", options, () => ({
    metadata: modelMetadata("qwen35", "Tiny Hybrid", shape, {
      "attention.layer_norm_rms_epsilon": ggufValue.float32(1e-6),
      "attention.key_length": ggufValue.uint32(headSize),
      "attention.value_length": ggufValue.uint32(headSize),
      "rope.dimension_count": ggufValue.uint32(headSize),
      "rope.dimension_sections": ggufValue.array("int32", Int32Array.of(headSize / 2, 0, 0, 0)),
      "rope.freq_base": ggufValue.float32(10000),
      full_attention_interval: ggufValue.uint32(2),
      "ssm.conv_kernel": ggufValue.uint32(KERNEL),
      "ssm.inner_size": ggufValue.uint32(STATE * VALUE_HEADS),
      "ssm.state_size": ggufValue.uint32(STATE),
      "ssm.time_step_rank": ggufValue.uint32(VALUE_HEADS),
      "ssm.group_count": ggufValue.uint32(KEY_HEADS),
      ...(nextToken ? { nextn_predict_layers: ggufValue.uint32(1) } : {}),
    }),
    tensors: weightsOf(shape, seed, nextToken).tensors,
  }));
  return { ...shape, path };
}

function weightsOf(shape: TinyShape, seed: number, nextToken: boolean): TinyWeights {
  const { embeddingSize, vocab } = shape;
  const weights = new TinyWeights(seed);
  weights.matrix("token_embd.weight", embeddingSize, vocab.size, { gain: Math.sqrt(embeddingSize) });
  addRecurrentPart(weights, "blk.0", embeddingSize);
  addAttentionPart(weights, "blk.1", shape);
  if (nextToken) {
    addAttentionPart(weights, "blk.2", shape);
    weights.matrix("blk.2.nextn.eh_proj.weight", embeddingSize * 2, embeddingSize);
    for (const norm of ["enorm", "hnorm", "shared_head_norm"])
      weights.constant(`blk.2.nextn.${norm}.weight`, [embeddingSize]);
  }
  for (let layer = 0; layer < shape.layers; layer++) {
    weights.constant(`blk.${layer}.attn_norm.weight`, [embeddingSize]);
    weights.constant(`blk.${layer}.post_attention_norm.weight`, [embeddingSize]);
    weights.feedForward(`blk.${layer}.ffn_`, embeddingSize, shape.feedForwardSize);
  }
  weights.head(shape);
  return weights;
}

function addRecurrentPart(weights: TinyWeights, block: string, embeddingSize: number): void {
  const values = STATE * VALUE_HEADS;
  const mixed = STATE * KEY_HEADS * 2 + values;
  weights.matrix(`${block}.attn_qkv.weight`, embeddingSize, mixed);
  weights.matrix(`${block}.attn_gate.weight`, embeddingSize, values);
  weights.random(`${block}.ssm_conv1d.weight`, [KERNEL, mixed], 0.5);
  weights.constant(`${block}.ssm_dt.bias`, [VALUE_HEADS], -2);
  weights.constant(`${block}.ssm_a`, [VALUE_HEADS], -1);
  weights.matrix(`${block}.ssm_beta.weight`, embeddingSize, VALUE_HEADS);
  weights.matrix(`${block}.ssm_alpha.weight`, embeddingSize, VALUE_HEADS);
  weights.constant(`${block}.ssm_norm.weight`, [STATE]);
  weights.matrix(`${block}.ssm_out.weight`, values, embeddingSize);
}

function addAttentionPart(weights: TinyWeights, block: string, shape: TinyShape): void {
  const headSize = shape.embeddingSize / shape.heads;
  weights.attention(`${block}.attn_`, shape, { queryGates: true });
  weights.constant(`${block}.attn_q_norm.weight`, [headSize]);
  weights.constant(`${block}.attn_k_norm.weight`, [headSize]);
}
