import { availableParallelism, totalmem } from "node:os";
import { ArgumentError, MullamaError } from "../errors.js";
import type { llama_context_params, Pointer } from "../native/index.js";
import { checkBoolean, checkInteger, checkNumber, checkOneOf, checkOptions } from "./check.js";
import {
  type AttentionType,
  attentionTypes,
  type CacheType,
  cacheTypes,
  type ContextType,
  contextTypes,
  type FlashAttention,
  flashAttentionTypes,
  type PoolingType,
  poolingTypes,
  type RopeScaling,
  ropeScalingTypes,
} from "./context-enums.js";
import type { Context } from "./context.js";
import type { OnTensor } from "./eval-callback.js";
import { handleOf } from "./handle.js";
import { api } from "./library.js";
import { traitsOf } from "./model-traits.js";
import type { Sampler } from "./sampler.js";

/** How a context is made (`struct llama_context_params`). */
export interface ContextOptions {
  /** Tokens that the KV cache holds, over all sequences; rounded up to 256. Default: what the model was trained for, at most 4096. */
  readonly contextSize?: number;
  /** Most tokens of one `decode` or `encode`. Default 2048, at most `contextSize` where attention is causal. */
  readonly batchSize?: number;
  /** Most tokens computed at once; a batch is cut into such slices. Default 512. Non-causal models need all of a text in one. */
  readonly microBatchSize?: number;
  /** Most sequences at a time, 1 to 256. Default 1. */
  readonly maxSequences?: number;
  /** Snapshots of a recurrent state a sequence, for removing its last tokens. Default 0. */
  readonly recurrentSnapshots?: number;
  /** Most outputs of one micro-batch. Default: every token can have one. */
  readonly maxOutputs?: number;
  /** Most outputs of a sequence in one micro-batch. Default: `maxOutputs`. */
  readonly maxOutputsPerSequence?: number;
  /** Threads for a single token, 1 to 512. Default: the machine's physical cores, as far as they can be told. */
  readonly threads?: number;
  /** Threads for more than one token. Default: `threads`. */
  readonly batchThreads?: number;
  /** Default `default`. `mtp` runs the model's layers for multi-token prediction; the model must be loaded with them. */
  readonly type?: ContextType;
  readonly ropeScaling?: RopeScaling;
  /** Default `model`. */
  readonly pooling?: PoolingType;
  /** Default `model`. */
  readonly attention?: AttentionType;
  /** Default `auto`. A quantized V cache needs it. */
  readonly flashAttention?: FlashAttention;
  /** RoPE base frequency; 0, the default, is the model's. */
  readonly ropeFrequencyBase?: number;
  /** RoPE frequency scale; 0, the default, is the model's. */
  readonly ropeFrequencyScale?: number;
  /** YaRN's extrapolation mix; negative, the default, is the model's. */
  readonly yarnExtFactor?: number;
  readonly yarnAttentionFactor?: number;
  readonly yarnBetaFast?: number;
  readonly yarnBetaSlow?: number;
  readonly yarnOriginalContext?: number;
  /** Type of the keys in the cache. Default `f16`. */
  readonly typeK?: CacheType;
  /** Type of the values in the cache. Default `f16`. */
  readonly typeV?: CacheType;
  /** Give embeddings beside logits. Default false. */
  readonly embeddings?: boolean;
  /** Keep the KV cache on the GPU. Default true. */
  readonly offloadKqv?: boolean;
  /** Send work on host tensors to the GPU. Default true. */
  readonly offloadOperations?: boolean;
  /** Measure times for `performance`. Default false. */
  readonly measure?: boolean;
  /** Keep all of a sliding-window model's cache. Default true. */
  readonly swaFull?: boolean;
  /** One cache for all sequences, so that they can share a prefix. Default false, and true for an encoder-decoder model. */
  readonly kvUnified?: boolean;
  /** Chains of samplers to run on the backend, each for a sequence; they belong to the context then and must outlive it. */
  readonly samplers?: readonly { readonly sequence: number; readonly sampler: Sampler }[];
  /** Another context to share results with, as some draft models need. */
  readonly other?: Context;
  /** Sees the tensors of the graph as they are computed. It costs much time. */
  readonly onTensor?: OnTensor;
}

const UINT31 = 2 ** 31 - 1;

const known: readonly (keyof ContextOptions)[] = [
  "contextSize",
  "batchSize",
  "microBatchSize",
  "maxSequences",
  "recurrentSnapshots",
  "maxOutputs",
  "maxOutputsPerSequence",
  "threads",
  "batchThreads",
  "type",
  "ropeScaling",
  "pooling",
  "attention",
  "flashAttention",
  "ropeFrequencyBase",
  "ropeFrequencyScale",
  "yarnExtFactor",
  "yarnAttentionFactor",
  "yarnBetaFast",
  "yarnBetaSlow",
  "yarnOriginalContext",
  "typeK",
  "typeV",
  "embeddings",
  "offloadKqv",
  "offloadOperations",
  "measure",
  "swaFull",
  "kvUnified",
  "samplers",
  "other",
  "onTensor",
];

/** Checks the options, and gives them as C takes them, but for callbacks and samplers. */
export function contextParams(model: Pointer<"llama_model">, options: ContextOptions): llama_context_params {
  checkOptions("options", options, known);
  const params = api().llama_context_default_params();
  setSizes(params, model, options);
  setThreads(params, options);
  setRope(params, options);
  setKinds(params, options);
  setFlags(params, model, options);
  checkCache(params, model, options);
  fitPooling(params, model);
  return params;
}

/**
 * With mean pooling C asserts, while it makes the context, that a micro-batch is a whole number of times the sequences, and
 * that each of its tokens can be an output.
 */
function fitPooling(params: llama_context_params, model: Pointer<"llama_model">): void {
  const traits = traitsOf(model);
  const pooling = params.pooling_type === poolingTypes.model ? traits.pooling : params.pooling_type;
  if (traits.needsEncoding && pooling !== poolingTypes.none) {
    throw new ArgumentError("options.pooling", "none: an encoder-decoder hands every token on to its decoder", pooling);
  }
  if (pooling !== poolingTypes.mean && pooling !== poolingTypes.rank) return;
  const most = Math.min(params.n_ubatch, params.n_batch, params.n_ctx);
  params.n_ubatch = Math.max(1, Math.floor(most / params.n_seq_max)) * params.n_seq_max;
  if (params.n_outputs_max === 0 || params.n_outputs_max >= params.n_ubatch) return;
  throw new ArgumentError(
    "options.maxOutputs",
    `at least ${params.n_ubatch}, the micro-batch, where embeddings are pooled`,
    params.n_outputs_max,
  );
}

function setSizes(params: llama_context_params, model: Pointer<"llama_model">, options: ContextOptions): void {
  const trained = api().llama_model_n_ctx_train(model);
  const set = (key: keyof ContextOptions & keyof typeof limits, fallback: number): number => {
    const [min, max] = limits[key];
    return checkInteger(`options.${key}`, options[key] ?? fallback, min, max);
  };
  params.n_ctx = set("contextSize", Math.max(1, Math.min(trained, 4096)));
  params.n_batch = set("batchSize", Math.max(params.n_batch, 1));
  params.n_ubatch = Math.min(set("microBatchSize", params.n_ubatch), params.n_batch);
  params.n_seq_max = set("maxSequences", 1);
  params.n_rs_seq = set("recurrentSnapshots", 0);
  if (params.n_rs_seq > 0 && params.n_ubatch <= params.n_rs_seq + 1) {
    throw new ArgumentError(
      "options.microBatchSize",
      `at least ${params.n_rs_seq + 2}, for ${params.n_rs_seq} recurrentSnapshots`,
      params.n_ubatch,
    );
  }
  params.n_outputs_max = set("maxOutputs", 0);
  params.n_outputs_max_per_seq = set("maxOutputsPerSequence", 0);
}

const limits = {
  contextSize: [1, UINT31],
  batchSize: [1, UINT31],
  microBatchSize: [1, UINT31],
  maxSequences: [1, 256],
  recurrentSnapshots: [0, 1024],
  maxOutputs: [0, UINT31],
  maxOutputsPerSequence: [0, UINT31],
} as const;

/** Physical cores where there are more than four processors: two threads on one core slow each other down. */
function defaultThreads(): number {
  const processors = availableParallelism();
  return Math.min(512, processors > 4 && process.arch === "x64" ? Math.ceil(processors / 2) : processors);
}

function setThreads(params: llama_context_params, options: ContextOptions): void {
  params.n_threads = checkInteger("options.threads", options.threads ?? defaultThreads(), 1, 512);
  params.n_threads_batch = checkInteger("options.batchThreads", options.batchThreads ?? params.n_threads, 1, 512);
}

function setRope(params: llama_context_params, options: ContextOptions): void {
  params.rope_scaling_type =
    ropeScalingTypes[checkWord("ropeScaling", options.ropeScaling ?? "model", ropeScalingTypes)];
  params.rope_freq_base = checkNumber("options.ropeFrequencyBase", options.ropeFrequencyBase ?? 0, 0);
  params.rope_freq_scale = checkNumber("options.ropeFrequencyScale", options.ropeFrequencyScale ?? 0, 0);
  params.yarn_ext_factor = checkNumber("options.yarnExtFactor", options.yarnExtFactor ?? params.yarn_ext_factor);
  params.yarn_attn_factor = checkNumber(
    "options.yarnAttentionFactor",
    options.yarnAttentionFactor ?? params.yarn_attn_factor,
  );
  params.yarn_beta_fast = checkNumber("options.yarnBetaFast", options.yarnBetaFast ?? params.yarn_beta_fast);
  params.yarn_beta_slow = checkNumber("options.yarnBetaSlow", options.yarnBetaSlow ?? params.yarn_beta_slow);
  params.yarn_orig_ctx = checkInteger("options.yarnOriginalContext", options.yarnOriginalContext ?? 0, 0, UINT31);
}

function setKinds(params: llama_context_params, options: ContextOptions): void {
  params.ctx_type = contextTypes[checkWord("type", options.type ?? "default", contextTypes)];
  params.pooling_type = poolingTypes[checkWord("pooling", options.pooling ?? "model", poolingTypes)];
  params.attention_type = attentionTypes[checkWord("attention", options.attention ?? "model", attentionTypes)];
  params.flash_attn_type =
    flashAttentionTypes[checkWord("flashAttention", options.flashAttention ?? "auto", flashAttentionTypes)];
  params.type_k = cacheTypes[checkWord("typeK", options.typeK ?? "f16", cacheTypes)].type;
  params.type_v = cacheTypes[checkWord("typeV", options.typeV ?? "f16", cacheTypes)].type;
  if (options.other !== undefined) params.ctx_other = handleOf(options.other, "llama_context").pointer;
}

function checkWord<Word extends string>(key: string, value: unknown, words: Readonly<Record<Word, unknown>>): Word {
  return checkOneOf(`options.${key}`, value, Object.keys(words) as Word[]);
}

function setFlags(params: llama_context_params, model: Pointer<"llama_model">, options: ContextOptions): void {
  const flag = (key: keyof ContextOptions, fallback: boolean): boolean =>
    checkBoolean(`options.${key}`, options[key] ?? fallback);
  const both = api().llama_model_has_encoder(model) && api().llama_model_has_decoder(model);
  params.embeddings = flag("embeddings", false);
  params.offload_kqv = flag("offloadKqv", params.offload_kqv);
  params.op_offload = flag("offloadOperations", params.op_offload);
  params.no_perf = !flag("measure", false);
  params.swa_full = flag("swaFull", params.swa_full);
  params.kv_unified = flag("kvUnified", both);
  if (both && params.n_seq_max > 1 && !params.kv_unified) {
    throw new ArgumentError("options.kvUnified", "true for several sequences of an encoder-decoder model", false);
  }
}

/** What llama.cpp would refuse with less clear words, or would try to allocate until the system ends the process. */
function checkCache(params: llama_context_params, model: Pointer<"llama_model">, options: ContextOptions): void {
  const typeK = cacheTypes[options.typeK ?? "f16"];
  const typeV = cacheTypes[options.typeV ?? "f16"];
  if (typeV.block > 1 && params.flash_attn_type === flashAttentionTypes.off) {
    throw new ArgumentError("options.flashAttention", "auto or on with a quantized V cache", "off");
  }
  const c = api();
  const headSize = c.llama_model_n_embd(model) / Math.max(1, c.llama_model_n_head(model));
  const width = headSize * Math.max(1, c.llama_model_n_head_kv(model));
  const layers = c.llama_model_is_recurrent(model) || c.llama_model_is_hybrid(model) ? 0 : c.llama_model_n_layer(model);
  const bytes = params.n_ctx * layers * width * (typeK.bytes / typeK.block + typeV.bytes / typeV.block);
  const outputs = params.n_seq_max * c.llama_vocab_n_tokens(vocabOf(model)) * 4;
  if (bytes + outputs > totalmem() && !c.llama_supports_gpu_offload()) {
    throw new MullamaError(
      "CONTEXT_CREATE_FAILED",
      `A context of ${params.n_ctx} tokens needs ${gibibytes(bytes)}, and this machine has ${gibibytes(totalmem())}.`,
      {
        hint: "Ask for a smaller options.contextSize, or for a quantized cache with options.typeK and options.typeV.",
      },
    );
  }
}

function vocabOf(model: Pointer<"llama_model">): Pointer<"llama_vocab"> {
  const vocab = api().llama_model_get_vocab(model);
  if (vocab === null) throw new MullamaError("UNSUPPORTED", "This model has no vocabulary.");
  return vocab;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
