/** What a computation is given, checked: whatever C would end the process over is refused here. */
import { ArgumentError, MullamaError } from "../errors.js";
import type { llama_batch } from "../native/index.js";
import { Batch, type CheckedEntry } from "./batch.js";
import { checkTokens } from "./check.js";
import type { ContextLimits, ContextState } from "./context-state.js";
import { api } from "./library.js";

/** Token ids that go on in sequence 0, or a batch. */
export type ComputeInput = Int32Array | readonly number[] | Batch;

export type Operation = "llama_decode" | "llama_encode";

/** A struct for C, and what keeps its memory alive. */
export interface Prepared {
  readonly struct: llama_batch;
  readonly outputs: number;
  readonly keep: ComputeInput;
}

export function prepare(state: ContextState, operation: Operation, input: ComputeInput): Prepared {
  const { limits } = state;
  void state.handle.pointer;
  checkOperation(state, operation);
  // Without a memory, C encodes where it is asked to decode.
  const encoding = operation === "llama_encode" || !limits.remembers;
  const most = encoding || !state.causal ? Math.min(limits.batchSize, limits.microBatchSize) : limits.batchSize;
  const every = encoding || state.embeddings;
  if (input instanceof Batch) return prepareBatch(state, input, most, every);
  const tokens = checkTokens("tokens", input, limits.vocabularySize);
  checkLength(tokens.length, most, "tokens");
  checkPosition(limits, nextPosition(state) + tokens.length - 1, "tokens");
  const outputs = every ? tokens.length : 1;
  checkOutputs(outputs, limits.maxOutputs);
  return { struct: api().llama_batch_get_one(tokens, tokens.length), outputs, keep: tokens };
}

function checkOperation({ limits, encoded }: ContextState, operation: Operation): void {
  if (operation === "llama_encode") {
    if (!limits.encodes) throw new MullamaError("UNSUPPORTED", "This model has no encoder.", { hint: "Use decode." });
    return;
  }
  if (!limits.decodes) throw new MullamaError("UNSUPPORTED", "This model has no decoder.", { hint: "Use encode." });
  if (limits.needsEncoding && !encoded) {
    throw new MullamaError("DECODE_FAILED", "The decoder of this model needs what its encoder has read.", {
      hint: "Call encode first, then decode from model.decoderStartToken on.",
    });
  }
}

/** Where C puts the first of plain tokens. */
function nextPosition({ handle, limits }: ContextState): number {
  if (limits.positions === undefined || !limits.remembers) return 0;
  const memory = api().llama_get_memory(handle.pointer);
  return memory === null ? 0 : api().llama_memory_seq_pos_max(memory, 0) + 1;
}

function prepareBatch(state: ContextState, batch: Batch, most: number, every: boolean): Prepared {
  const { limits } = state;
  const struct = batch.toStruct((entry) => checkEntry(limits, entry));
  checkLength(batch.length, most, "batch");
  if (batch.embeddingSize !== 0 && batch.embeddingSize !== limits.inputSize) {
    throw new ArgumentError("batch.embeddingSize", `${limits.inputSize}, the model's input width`, batch.embeddingSize);
  }
  if (batch.embeddingSize !== 0 && limits.sectionedPositions) {
    throw new MullamaError(
      "UNSUPPORTED",
      "This model wants several positions for each embedding, which a Batch does not have.",
    );
  }
  const outputs = every ? batch.length : batch.outputs;
  checkOutputs(outputs, limits.maxOutputs);
  if (batch.sequencesPerToken > 1) state.recurrent.shared = true;
  return { struct, outputs, keep: batch };
}

function checkEntry(limits: ContextLimits, { index, token, position, sequences }: CheckedEntry): void {
  if (sequences.length > 1 && !limits.unified) {
    throw new ArgumentError(
      `batch sequences of token ${index}`,
      "one: with a split KV cache a token cannot be shared",
      sequences,
      { hint: "Make the context with kvUnified: true." },
    );
  }
  if (token !== undefined && token >= limits.vocabularySize) {
    throw new ArgumentError(`batch token ${index}`, `a token id from 0 to ${limits.vocabularySize - 1}`, token);
  }
  checkPosition(limits, position, `batch position of token ${index}`);
  for (const sequence of sequences) {
    if (sequence < limits.maxSequences) continue;
    throw new ArgumentError(`batch sequence of token ${index}`, `from 0 to ${limits.maxSequences - 1}`, sequence);
  }
}

/** Where positions are looked up in a table, C asserts that they are in it. */
function checkPosition({ positions }: ContextLimits, last: number, name: string): void {
  if (positions === undefined || last < positions) return;
  throw new ArgumentError(name, `at positions below ${positions}, all that the model has learned`, last);
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
