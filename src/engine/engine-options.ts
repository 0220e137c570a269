import type { CacheType, ContextOptions, ModelOptions } from "../llama/index.js";

/** What an engine is made of. Everything in it can be sent to another thread or process. */
export interface EngineOptions {
  /** The model's GGUF file; the first one of a split model. */
  readonly path: string;
  /** How it is loaded. */
  readonly model?: Omit<ModelOptions, "onProgress" | "signal" | "gpuLayers">;
  /** Layers on GPUs, from the last; what comes after them counts as one. Default `auto`: as many as fit. */
  readonly gpuLayers?: number | "auto";
  /** Keep the weights of experts (MoE) with the CPU, so that more layers fit a GPU. Default false. */
  readonly expertsOnCpu?: boolean;
  /** Requests that generate at the same time, 1 to 128. Default 4. */
  readonly parallel?: number;
  /**
   * Tokens that the KV cache holds, over all requests. `auto`: what the model was trained for, as far as it fits into
   * memory. Default: what the model was trained for, at most 4096.
   */
  readonly contextSize?: number | "auto";
  /** One cache that requests share as they need, or an equal part for each. Default true. */
  readonly unified?: boolean;
  /** Finished sequences that stay in a unified cache for others to go on from. Default 8. */
  readonly cachedSequences?: number;
  /** Bytes of host memory for prefixes that no longer fit the cache; 0 for none. Default 0. */
  readonly hostCacheBytes?: number;
  /** A folder where prefixes are kept for the next start. Default: none. */
  readonly diskCache?: { readonly directory: string; readonly bytes: number };
  /** Most tokens computed in one step. Default 512. */
  readonly batchSize?: number;
  /** Most tokens of prompts in a step in which other requests generate. Default 512. */
  readonly promptChunk?: number;
  /** Threads that compute. Default: the machine's physical cores. */
  readonly threads?: number;
  readonly typeK?: CacheType;
  readonly typeV?: CacheType;
  readonly flashAttention?: ContextOptions["flashAttention"];
  /** Everything else of the context. */
  readonly context?: Pick<
    ContextOptions,
    | "ropeScaling"
    | "ropeFrequencyBase"
    | "ropeFrequencyScale"
    | "yarnExtFactor"
    | "yarnAttentionFactor"
    | "yarnBetaFast"
    | "yarnBetaSlow"
    | "yarnOriginalContext"
    | "offloadKqv"
    | "offloadOperations"
    | "swaFull"
    | "recurrentSnapshots"
  >;
  /** Most requests that wait. Default 1024. One more fails with `QUEUE_FULL`. */
  readonly maxQueue?: number;
  /** Guessing tokens ahead. Default: none. */
  readonly speculation?: SpeculationOptions;
}

/** How tokens are guessed ahead, to be checked many at a time. */
export type SpeculationOptions =
  | {
      readonly type: "draft-model";
      /** A small model's GGUF file, with the same vocabulary. */
      readonly path: string;
      /** Most tokens guessed at a time, 1 to 64. Default 8. */
      readonly maxDraft?: number;
      /** A guess less likely than this ends the draft, 0 to 1. Default 0.75. */
      readonly minProbability?: number;
    }
  | {
      readonly type: "ngram";
      /** Tokens that must have come before, for what followed them to be guessed again. Default 3. */
      readonly size?: number;
      /** Most tokens guessed at a time, 1 to 64. Default 8. */
      readonly maxDraft?: number;
    };
