/** Makes C's context, and what the files about contexts share of it. */
import { ArgumentError, type LogLine, MullamaError } from "../errors.js";
import { type llama_context_params, NativeMemory, type Pointer, sizeOf, writeStruct } from "../native/index.js";
import { AbortFlag } from "./abort-flag.js";
import { checkArray, checkFunction, checkInteger } from "./check.js";
import { attentionTypes, cacheTypes, poolingTypes, wordFor } from "./context-enums.js";
import { contextParams, type ContextOptions } from "./context-options.js";
import type { ContextLimits, ContextState } from "./context-state.js";
import { EvalCallback } from "./eval-callback.js";
import { Handle, handleOf } from "./handle.js";
import { api, orThrow } from "./library.js";
import type { Model } from "./model.js";
import { traitsOf } from "./model-traits.js";
import { Retained } from "./retained.js";
import { claimForBackend } from "./sampler-backend.js";

/** What lives as long as the context and is not C's to free. */
interface Belongings {
  readonly abort: AbortFlag;
  readonly evalCallback: EvalCallback | undefined;
  readonly samplers: NativeMemory | undefined;
  readonly parents: Handle<string>[];
  readonly retained: Retained;
}

export function createContext(model: Model, options: ContextOptions): ContextState {
  const modelHandle = handleOf(model, "llama_model");
  void modelHandle.pointer;
  if (!model.hasWeights)
    throw new MullamaError("UNSUPPORTED", "This model was loaded without its weights.", {
      hint: "Leave out vocabOnly and noAlloc.",
    });
  const params = contextParams(modelHandle.pointer, options);
  checkOutputLimits(params);
  const belongings = gather(modelHandle, params, options);
  try {
    const pointer = orThrow(() => api().llama_init_from_model(modelHandle.pointer, params), failure);
    api().llama_set_abort_callback(pointer, belongings.abort.callback, belongings.abort.data);
    const handle = new Handle("context", pointer, {
      free: "llama_free",
      parents: belongings.parents,
      onFreed: () => release(belongings),
    });
    return describe(handle, modelHandle, params, belongings);
  } catch (error) {
    release(belongings);
    throw error;
  }
}

function failure(log: readonly LogLine[]): MullamaError {
  return new MullamaError("CONTEXT_CREATE_FAILED", "llama.cpp could not make the context.", {
    log,
    hint: "A smaller options.contextSize needs less memory.",
  });
}

/** C asserts that each sequence can have an output. */
function checkOutputLimits(params: llama_context_params): void {
  const batch = Math.min(params.n_batch, params.n_ctx);
  if (batch < params.n_seq_max) {
    throw new ArgumentError("options.batchSize", `at least ${params.n_seq_max}, the number of sequences`, batch);
  }
  if (params.n_outputs_max !== 0 && params.n_outputs_max < params.n_seq_max) {
    throw new ArgumentError(
      "options.maxOutputs",
      `at least ${params.n_seq_max}, the number of sequences`,
      params.n_outputs_max,
    );
  }
}

function gather(model: Handle<"llama_model">, params: llama_context_params, options: ContextOptions): Belongings {
  const parents: Handle<string>[] = [model];
  if (options.other !== undefined) parents.push(handleOf(options.other, "llama_context"));
  if (options.onTensor !== undefined) checkFunction("options.onTensor", options.onTensor);
  const samplers = placeSamplers(model.pointer, params, options, parents);
  const abort = new AbortFlag();
  const evalCallback = options.onTensor === undefined ? undefined : new EvalCallback(options.onTensor);
  params.cb_eval = evalCallback?.pointer ?? null;
  return { abort, evalCallback, samplers, parents, retained: new Retained() };
}

function placeSamplers(
  model: Pointer<"llama_model">,
  params: llama_context_params,
  options: ContextOptions,
  parents: Handle<string>[],
): NativeMemory | undefined {
  if (options.samplers === undefined) return undefined;
  const list = checkArray("options.samplers", options.samplers) as NonNullable<ContextOptions["samplers"]>;
  if (list.length === 0) return undefined;
  const ids = list.map(({ sequence }, index) =>
    checkInteger(`options.samplers[${index}].sequence`, sequence, 0, params.n_seq_max - 1),
  );
  if (new Set(ids).size !== ids.length) throw new ArgumentError("options.samplers", "one for each sequence", list);
  const vocab = api().llama_model_get_vocab(model);
  const vocabularySize = vocab === null ? 0 : api().llama_vocab_n_tokens(vocab);
  const size = sizeOf("llama_sampler_seq_config");
  const memory = new NativeMemory(size * list.length);
  list.forEach(({ sequence, sampler }, index) => {
    parents.push(handleOf(sampler, "llama_sampler"));
    const at = memory.bytes.subarray(index * size, (index + 1) * size);
    writeStruct("llama_sampler_seq_config", at, {
      seq_id: sequence,
      sampler: claimForBackend(sampler, vocabularySize),
    });
  });
  params.samplers = memory.pointer as unknown as Pointer<"llama_sampler_seq_config">;
  params.n_samplers = list.length;
  return memory;
}

function release({ abort, evalCallback, samplers, retained }: Belongings): void {
  retained.release();
  abort.free();
  evalCallback?.dispose();
  samplers?.free();
}

function describe(
  handle: Handle<"llama_context">,
  model: Handle<"llama_model">,
  params: llama_context_params,
  { abort, evalCallback, retained }: Belongings,
): ContextState {
  const limits = limitsOf(handle.pointer, model.pointer, params);
  return {
    handle,
    model,
    abort,
    evalCallback,
    limits,
    retained,
    generation: 0,
    outputs: 0,
    encoded: false,
    hasLogits: false,
    unsettled: false,
    recurrent: { shared: false, rolledBack: false },
    causal:
      params.attention_type === attentionTypes.model
        ? traitsOf(model.pointer).causal
        : params.attention_type === attentionTypes.causal,
    embeddings: params.embeddings,
  };
}

function limitsOf(
  context: Pointer<"llama_context">,
  model: Pointer<"llama_model">,
  params: llama_context_params,
): ContextLimits {
  const c = api();
  const vocab = c.llama_model_get_vocab(model);
  const batchSize = c.llama_n_batch(context);
  const memory = c.llama_get_memory(context);
  const encoder = c.llama_model_has_encoder(model);
  const { positions, sectionedPositions, needsEncoding, givesLogits, shiftsQuantizedKeys } = traitsOf(model);
  const pooling = wordFor(poolingTypes, c.llama_pooling_type(context));
  return {
    contextSize: c.llama_n_ctx(context),
    contextSizePerSequence: c.llama_n_ctx_seq(context),
    batchSize,
    microBatchSize: c.llama_n_ubatch(context),
    maxSequences: c.llama_n_seq_max(context),
    recurrentSnapshots: c.llama_n_rs_seq(context),
    maxOutputs: params.n_outputs_max === 0 || encoder ? batchSize : params.n_outputs_max,
    vocabularySize: vocab === null ? 0 : c.llama_vocab_n_tokens(vocab),
    inputSize: c.llama_model_n_embd_inp(model),
    embeddingSize: c.llama_model_n_embd_out(model),
    classes: c.llama_model_n_cls_out(model),
    pooling: pooling === undefined || pooling === "model" ? "none" : pooling,
    unified: params.kv_unified || params.n_seq_max === 1,
    encodes: encoder || memory === null,
    decodes: c.llama_model_has_decoder(model),
    remembers: memory !== null,
    positions,
    sectionedPositions,
    needsEncoding,
    givesLogits,
    shiftsKeys: shiftsKeys(params.type_k, shiftsQuantizedKeys),
  };
}

/** Whether C can turn keys of this type by RoPE: it cannot on a processor for `bf16`. */
function shiftsKeys(type: number, quantized: boolean): boolean {
  if (type === cacheTypes.bf16.type) return false;
  return quantized || type === cacheTypes.f16.type || type === cacheTypes.f32.type;
}
