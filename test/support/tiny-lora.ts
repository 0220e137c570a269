import { ggufValue } from "../../src/gguf/index.js";
import { cachedGguf } from "./tiny-directory.js";
import type { TinyModel } from "./tiny-model.js";
import { TinyWeights } from "./tiny-weights.js";

export interface TinyLoraOptions {
  /** Default 4. */
  readonly rank?: number;
  /** The adapter's own scale is alpha / rank. Default 8. */
  readonly alpha?: number;
  readonly seed?: number;
  /** Makes it an activated LoRA, which starts to work where these tokens are seen. */
  readonly invocationTokens?: readonly number[];
  /** The architecture that it says it is for. Default `"llama"`. */
  readonly architecture?: string;
}

/** A random LoRA adapter for the queries, values and outputs of a tiny llama's attention; returns its path. */
export function tinyLora(model: TinyModel, options: TinyLoraOptions = {}): string {
  const { rank = 4, alpha = 8, seed = 1, invocationTokens, architecture = "llama" } = options;
  const { embeddingSize, heads, kvHeads, layers } = model;
  return cachedGguf("lora", { embeddingSize, heads, kvHeads, layers, ...options }, () => {
    const weights = new TinyWeights(seed);
    const valueSize = (embeddingSize / heads) * kvHeads;
    for (let layer = 0; layer < layers; layer++) {
      for (const [part, rows] of [
        ["q", embeddingSize],
        ["v", valueSize],
        ["output", embeddingSize],
      ] as const) {
        weights.matrix(`blk.${layer}.attn_${part}.weight.lora_a`, embeddingSize, rank);
        weights.matrix(`blk.${layer}.attn_${part}.weight.lora_b`, rank, rows);
      }
    }
    return {
      metadata: {
        "general.architecture": ggufValue.string(architecture),
        "general.type": ggufValue.string("adapter"),
        "general.name": ggufValue.string("Tiny LoRA"),
        "adapter.type": ggufValue.string("lora"),
        "adapter.lora.alpha": ggufValue.float32(alpha),
        "adapter.lora.task_name": ggufValue.string("tiny"),
        ...(invocationTokens === undefined
          ? {}
          : { "adapter.alora.invocation_tokens": ggufValue.array("uint32", Uint32Array.from(invocationTokens)) }),
      },
      tensors: weights.tensors,
    };
  });
}

/** An adapter for a llama twice as wide, which the tiny one must refuse. */
export function tinyForeignLora(model: TinyModel, options: TinyLoraOptions = {}): string {
  return tinyLora({ ...model, embeddingSize: model.embeddingSize * 2 }, options);
}
