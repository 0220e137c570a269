/** `llama_decode` and `llama_encode`: everything checked first, and what went wrong as an error. */
import { ArgumentError, MullamaError } from "../errors.js";
import { Batch } from "./batch.js";
import { checkOptions } from "./check.js";
import { type ComputeInput, type Operation, prepare, type Prepared } from "./compute-input.js";
import { type ContextState, stateOf } from "./context-state.js";
import { api, callAsync } from "./library.js";
import { checkThreadpools, withThreadpools } from "./threadpool-use.js";

export interface ComputeOptions {
  /** Stops the computation. Where it is synchronous, only a signal that has fired before is seen. */
  readonly signal?: AbortSignal | undefined;
}

export function compute(context: object, operation: Operation, input: ComputeInput, options: ComputeOptions): void {
  const state = stateOf(context);
  checkComputeOptions(options);
  const prepared = prepare(state, operation, input);
  throwIfAborted(options.signal);
  checkThreadpools(state);
  begin(state);
  const status = api()[operation](state.handle.pointer, prepared.struct);
  finish(state, operation, status, prepared, options.signal);
}

export async function computeAsync(
  context: object,
  operation: Operation,
  input: ComputeInput,
  options: ComputeOptions,
): Promise<void> {
  const state = stateOf(context);
  checkComputeOptions(options);
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
    finish(state, operation, status, prepared, options.signal);
  } finally {
    done?.();
    options.signal?.removeEventListener("abort", abort);
  }
}

function copyOf(input: ComputeInput): ComputeInput {
  return input instanceof Int32Array ? input.slice() : input;
}

function checkComputeOptions(options: ComputeOptions): void {
  checkOptions("options", options, ["signal"]);
  const { signal } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new ArgumentError("options.signal", "an AbortSignal", signal);
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw aborted(signal.reason);
}

function begin(state: ContextState): void {
  state.abort.clear();
  state.generation++;
  state.outputs = 0;
}

function finish(
  state: ContextState,
  operation: Operation,
  status: number,
  { outputs }: Prepared,
  signal: AbortSignal | undefined,
): void {
  state.evalCallback?.rethrow();
  if (status === 2) throw aborted(signal?.reason);
  if (status !== 0) throw failure(status);
  state.outputs = outputs;
  if (operation === "llama_encode") state.encoded = true;
  else state.unsettled = false;
  state.hasLogits = state.limits.givesLogits && !(operation === "llama_encode" && state.limits.needsEncoding);
}

function failure(status: number): MullamaError {
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
