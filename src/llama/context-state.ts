/** What the files about contexts share of one context, and nobody else sees. */
import { MullamaError } from "../errors.js";
import type { Pointer } from "../native/index.js";
import type { AbortFlag } from "./abort-flag.js";
import type { EvalCallback } from "./eval-callback.js";
import type { Handle } from "./handle.js";
import type { Retained } from "./retained.js";

export interface ContextState {
  readonly handle: Handle<"llama_context">;
  readonly model: Handle<"llama_model">;
  readonly abort: AbortFlag;
  readonly evalCallback: EvalCallback | undefined;
  readonly limits: ContextLimits;
  readonly retained: Retained;
  /** Counts what changes the outputs; a view of an older count is stale. */
  generation: number;
  /** Outputs of the last computation. */
  outputs: number;
  /** Whether the memory has been copied or shifted in a way that C carries out with the next decode. */
  unsettled: boolean;
  /** Whether sequences may share a recurrent state, and whether one may have gone back in its own: C cannot save both. */
  readonly recurrent: { shared: boolean; rolledBack: boolean };
  /** Whether the last computation gave logits. */
  hasLogits: boolean;
  /** Whether the encoder has read something that the decoder can use. */
  encoded: boolean;
  /** Whether tokens see only those before them. */
  causal: boolean;
  /** Whether every token has an output, for its embedding. */
  embeddings: boolean;
}

/** What a context was made for, as C says it. */
export interface ContextLimits {
  readonly contextSize: number;
  readonly contextSizePerSequence: number;
  readonly batchSize: number;
  readonly microBatchSize: number;
  readonly maxSequences: number;
  readonly recurrentSnapshots: number;
  readonly maxOutputs: number;
  readonly vocabularySize: number;
  /** Width of an input embedding. */
  readonly inputSize: number;
  /** Width of an output embedding. */
  readonly embeddingSize: number;
  readonly classes: number;
  readonly pooling: "none" | "mean" | "cls" | "last" | "rank";
  /** Whether the model can encode: it has an encoder, or no memory at all. */
  readonly encodes: boolean;
  readonly decodes: boolean;
  /** Whether there is a memory: encoder-only models have none. */
  readonly remembers: boolean;
  /** Whether sequences share one cache, so that one token can belong to several. */
  readonly unified: boolean;
  /** How many positions there are, where the model has learned each of them by itself. */
  readonly positions: number | undefined;
  /** Whether each input embedding has several positions (M-RoPE). */
  readonly sectionedPositions: boolean;
  /** Whether decode needs an encode before it. */
  readonly needsEncoding: boolean;
  /** Whether the model computes logits, not embeddings alone. */
  readonly givesLogits: boolean;
  /** Whether the cache's keys can be shifted: not every quantized one can. */
  readonly shiftsKeys: boolean;
}

const states = new WeakMap<object, ContextState>();

export function setState(context: object, state: ContextState): ContextState {
  states.set(context, state);
  return state;
}

/** The state of a `Context`. */
export function stateOf(context: object): ContextState {
  const state = states.get(context);
  if (state === undefined)
    throw new MullamaError("DISPOSED", "This context was not made by mullama, or not on this thread.");
  return state;
}

/** C's context; throws when it is disposed or busy. */
export function contextPointer(context: object): Pointer<"llama_context"> {
  return stateOf(context).handle.pointer;
}
