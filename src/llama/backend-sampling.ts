/** Samplers that run on the backend, inside the graph (experimental in llama.cpp). */
import { LLAMA_TOKEN_NULL, type Pointer, readBytes } from "../native/index.js";
import { checkInteger } from "./check.js";
import type { ContextState } from "./context-state.js";
import { handleOf } from "./handle.js";
import { api } from "./library.js";
import { claimForBackend } from "./sampler-backend.js";
import type { Sampler } from "./sampler.js";

/** What a sampler on the backend left for one output, as copies. */
export interface BackendOutput {
  /** The chosen token; undefined where the chain only narrowed the candidates. */
  readonly token: number | undefined;
  /** The tokens that are left, in the order of `logits` and `probabilities`; undefined where it is all of the vocabulary. */
  readonly candidates: Int32Array | undefined;
  readonly logits: Float32Array | undefined;
  readonly probabilities: Float32Array | undefined;
}

/** Reads it for an output of the last computation; undefined where no backend sampler has run. */
export function backendOutputOf(state: ContextState, index: number): BackendOutput | undefined {
  const context = state.handle.pointer;
  checkInteger("index", index, -state.limits.batchSize, state.limits.batchSize - 1);
  if (state.outputs === 0 || index < -state.outputs) return undefined;
  const c = api();
  const token = c.llama_get_sampled_token_ith(context, index);
  const logits = readFloats(
    c.llama_get_sampled_logits_ith(context, index),
    c.llama_get_sampled_logits_count_ith(context, index),
  );
  const probabilities = readFloats(
    c.llama_get_sampled_probs_ith(context, index),
    c.llama_get_sampled_probs_count_ith(context, index),
  );
  const count = c.llama_get_sampled_candidates_count_ith(context, index);
  const candidates = count === 0 ? null : c.llama_get_sampled_candidates_ith(context, index);
  if (token === LLAMA_TOKEN_NULL && logits === undefined && probabilities === undefined && candidates === null)
    return undefined;
  return {
    token: token === LLAMA_TOKEN_NULL ? undefined : token,
    candidates: candidates === null ? undefined : new Int32Array(readBytes(candidates, count * 4).buffer),
    logits,
    probabilities,
  };
}

function readFloats(pointer: Pointer<"float"> | null, count: number): Float32Array | undefined {
  return pointer === null || count === 0 ? undefined : new Float32Array(readBytes(pointer, count * 4).buffer);
}

/** `llama_set_sampler`: whether the backend runs it. */
export function setBackendSampler(state: ContextState, sequence: number, sampler: Sampler | undefined): boolean {
  const context = state.handle.pointer;
  checkInteger("sequence", sequence, 0, state.limits.maxSequences - 1);
  const pointer = sampler === undefined ? null : claimForBackend(sampler, state.limits.vocabularySize);
  const accepted = api().llama_set_sampler(context, sequence, pointer);
  state.retained.set(`sampler ${sequence}`, sampler === undefined ? [] : [handleOf(sampler, "llama_sampler")]);
  return accepted;
}
