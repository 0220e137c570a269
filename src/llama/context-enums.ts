/** The words of a context's options, and C's numbers for them. */
import {
  ggml_type,
  llama_attention_type,
  llama_context_type,
  llama_flash_attn_type,
  llama_pooling_type,
  llama_rope_scaling_type,
} from "../native/index.js";

/** How the embeddings of a sequence's tokens become one: `model` is what the model says. */
export type PoolingType = "model" | "none" | "mean" | "cls" | "last" | "rank";

export const poolingTypes: Readonly<Record<PoolingType, llama_pooling_type>> = {
  model: llama_pooling_type.LLAMA_POOLING_TYPE_UNSPECIFIED,
  none: llama_pooling_type.LLAMA_POOLING_TYPE_NONE,
  mean: llama_pooling_type.LLAMA_POOLING_TYPE_MEAN,
  cls: llama_pooling_type.LLAMA_POOLING_TYPE_CLS,
  last: llama_pooling_type.LLAMA_POOLING_TYPE_LAST,
  rank: llama_pooling_type.LLAMA_POOLING_TYPE_RANK,
};

/** Whether a token sees only those before it. */
export type AttentionType = "model" | "causal" | "non-causal";

export const attentionTypes: Readonly<Record<AttentionType, llama_attention_type>> = {
  model: llama_attention_type.LLAMA_ATTENTION_TYPE_UNSPECIFIED,
  causal: llama_attention_type.LLAMA_ATTENTION_TYPE_CAUSAL,
  "non-causal": llama_attention_type.LLAMA_ATTENTION_TYPE_NON_CAUSAL,
};

export type FlashAttention = "auto" | "on" | "off";

export const flashAttentionTypes: Readonly<Record<FlashAttention, llama_flash_attn_type>> = {
  auto: llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_AUTO,
  on: llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_ENABLED,
  off: llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED,
};

export type RopeScaling = "model" | "none" | "linear" | "yarn" | "longrope";

export const ropeScalingTypes: Readonly<Record<RopeScaling, llama_rope_scaling_type>> = {
  model: llama_rope_scaling_type.LLAMA_ROPE_SCALING_TYPE_UNSPECIFIED,
  none: llama_rope_scaling_type.LLAMA_ROPE_SCALING_TYPE_NONE,
  linear: llama_rope_scaling_type.LLAMA_ROPE_SCALING_TYPE_LINEAR,
  yarn: llama_rope_scaling_type.LLAMA_ROPE_SCALING_TYPE_YARN,
  longrope: llama_rope_scaling_type.LLAMA_ROPE_SCALING_TYPE_LONGROPE,
};

/** What the context runs: the model, or its layers for multi-token prediction. */
export type ContextType = "default" | "mtp";

export const contextTypes: Readonly<Record<ContextType, llama_context_type>> = {
  default: llama_context_type.LLAMA_CONTEXT_TYPE_DEFAULT,
  mtp: llama_context_type.LLAMA_CONTEXT_TYPE_MTP,
};

/** The data types that the KV cache can have. */
export type CacheType = "f32" | "f16" | "bf16" | "q8_0" | "q4_0" | "q4_1" | "iq4_nl" | "q5_0" | "q5_1";

/** C's number, the elements of a block and its bytes. */
export const cacheTypes: Readonly<
  Record<CacheType, { readonly type: ggml_type; readonly block: number; readonly bytes: number }>
> = {
  f32: { type: ggml_type.GGML_TYPE_F32, block: 1, bytes: 4 },
  f16: { type: ggml_type.GGML_TYPE_F16, block: 1, bytes: 2 },
  bf16: { type: ggml_type.GGML_TYPE_BF16, block: 1, bytes: 2 },
  q8_0: { type: ggml_type.GGML_TYPE_Q8_0, block: 32, bytes: 34 },
  q4_0: { type: ggml_type.GGML_TYPE_Q4_0, block: 32, bytes: 18 },
  q4_1: { type: ggml_type.GGML_TYPE_Q4_1, block: 32, bytes: 20 },
  iq4_nl: { type: ggml_type.GGML_TYPE_IQ4_NL, block: 32, bytes: 18 },
  q5_0: { type: ggml_type.GGML_TYPE_Q5_0, block: 32, bytes: 22 },
  q5_1: { type: ggml_type.GGML_TYPE_Q5_1, block: 32, bytes: 24 },
};

/** The word for one of C's numbers. */
export function wordFor<Word extends string>(words: Readonly<Record<Word, number>>, value: number): Word | undefined {
  return (Object.keys(words) as Word[]).find((word) => words[word] === value);
}
