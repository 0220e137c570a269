/** `llama_decode` and `llama_encode`: everything checked first, and what went wrong as an error. */
import { ArgumentError, MullamaError } from "../errors.js";
import type { llama_batch } from "../native/index.js";
import { Batch } from "./batch.js";
import { checkTokens } from "./check.js";
import { type ContextState, stateOf } from "./context-state.js";
import { api, callAsync } from "./library.js";
import { checkThreadpools, withThreadpools } from "./threadpool-use.js";

export type ComputeInput = Int32Array | readonly number[] | Batch;

export interface ComputeOptions {
  /** Stops the computation. Where it is synchronous, only a signal that has fired before is seen. */
  readonly signal?: AbortSignal | undefined;
}

type Operation = "llama_decode" | "llama_encode";

/** A struct for C, and what keeps its memory alive. */
interface Prepared {
  readonly struct: llama_batch;
  readonly outputs: number;
  readonly keep: ComputeInput;
}

export function compute(context: object, operation: Operation, input: ComputeInput, options: ComputeOptions): void {
  const state = stateOf(context);
  const prepared = prepare(state, operation, input);
  throwIfAborted(options.signal);
  checkThreadpools(state);
  begin(state);
  const status = api()[operation](state.handle.pointer, prepared.struct);
  finish(state, status, prepared);
}

export async function computeAsync(
  context: object,
  operation: Operation,
  input: ComputeInput,
  options: ComputeOptions,
): Promise<void> {
  const state = stateOf(context);
  // A copy, since the caller could change its array while a pool thread reads it.
  const prepared = prepare(state, operation, copyOf(input));
  throwIfAborted(options.signal);
  checkThreadpools(state);
  const done = input instanceof Batch ? input.hold() : undefined;
  begin(state);
  const abort = (): void => state.abort.set();
  options.signal?.addEventListener("abort", abort, { once: true });
  try {
    const status = await withThreadpools(state, () =>
      state.handle.exclusively((pointer) => callAsync(api()[operation], pointer, prepared.struct)),
    );
    finish(state, status, prepared);
  } finally {
    done?.();
    options.signal?.removeEventListener("abort", abort);
  }
}

function copyOf(input: ComputeInput): ComputeInput {
  return input instanceof Int32Array ? input.slice() : input;
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw aborted(signal.reason);
}

function begin(state: ContextState): void {
  state.abort.clear();
  state.generation++;
  state.outputs = 0;
}

function finish(state: ContextState, status: number, { outputs }: Prepared): void {
  state.evalCallback?.rethrow();
  if (status !== 0) throw failure(status);
  state.outputs = outputs;
}

function failure(status: number): MullamaError {
  if (status === 2) return aborted(undefined);
  if (status === 1) {
    return new MullamaError("KV_CACHE_FULL", "There is no room for the batch in the KV cache.", {
      hint: "Remove sequences or old tokens from the memory, make the context larger, or the batch smaller.",
    });
  }
  const why = reasons[status] ?? `llama.cpp returned ${status}`;
  return new MullamaError("DECODE_FAILED", `The batch could not be computed: ${why}.`);
}

const reasons: Readonly<Record<number, string>> = {
  [-1]: "llama.cpp refused it; positions must follow on what the memory holds, without gaps",
  [-2]: "there was not enough memory, or the memory module failed",
  [-3]: "a backend failed",
};

function aborted(cause: unknown): MullamaError {
  return new MullamaError("ABORTED", "The computation was aborted.", {
    cause,
    hint: "What was computed before stays in the memory: look at memory.range().",
  });
}

function prepare(state: ContextState, operation: Operation, input: ComputeInput): Prepared {
  const { limits } = state;
  void state.handle.pointer;
  if (operation === "llama_encode" && !limits.encodes)
    throw new MullamaError("UNSUPPORTED", "This model has no encoder.", { hint: "Use decode." });
  if (operation === "llama_decode" && !limits.decodes)
    throw new MullamaError("UNSUPPORTED", "This model has no decoder.", { hint: "Use encode." });
  const most =
    operation === "llama_encode" || !state.causal
      ? Math.min(limits.batchSize, limits.microBatchSize)
      : limits.batchSize;
  if (input instanceof Batch) return prepareBatch(state, input, most);
  const tokens = checkTokens("tokens", input, limits.vocabularySize);
  checkLength(tokens.length, most, "tokens");
  const outputs = state.embeddings || operation === "llama_encode" ? tokens.length : 1;
  checkOutputs(outputs, limits.maxOutputs);
  return { struct: api().llama_batch_get_one(tokens, tokens.length), outputs, keep: tokens };
}

function prepareBatch(state: ContextState, batch: Batch, most: number): Prepared {
  const { limits } = state;
  const struct = batch.toStruct((index, token, sequences) => {
    if (sequences.length > 1 && !limits.unified) {
      throw new ArgumentError(
        `batch sequences of token ${index}`,
        "one: with a split KV cache a token cannot be shared",
        sequences,
        {
          hint: "Make the context with kvUnified: true.",
        },
      );
    }
    if (token !== undefined && token >= limits.vocabularySize) {
      throw new ArgumentError(`batch token ${index}`, `a token id from 0 to ${limits.vocabularySize - 1}`, token);
    }
    for (const sequence of sequences) {
      if (sequence >= limits.maxSequences)
        throw new ArgumentError(`batch sequence of token ${index}`, `from 0 to ${limits.maxSequences - 1}`, sequence);
    }
  });
  checkLength(batch.length, most, "batch");
  if (batch.embeddingSize !== 0 && batch.embeddingSize !== limits.inputSize) {
    throw new ArgumentError("batch.embeddingSize", `${limits.inputSize}, the model's input width`, batch.embeddingSize);
  }
  const outputs = state.embeddings ? batch.length : batch.outputs;
  checkOutputs(outputs, limits.maxOutputs);
  return { struct, outputs, keep: batch };
}

function checkLength(length: number, most: number, name: string): void {
  if (length >= 1 && length <= most) return;
  throw new ArgumentError(name, `1 to ${most} tokens`, length, {
    hint:
      length === 0
        ? undefined
        : "Split it, or make the context with a larger batchSize (and microBatchSize, where attention is not causal).",
  });
}

function checkOutputs(outputs: number, most: number): void {
  if (outputs > most) throw new ArgumentError("outputs", `at most ${most}, the context's maxOutputs`, outputs);
}
