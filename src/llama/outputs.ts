/** What a computation gave: logits and embeddings, as views of C's memory that know when they are stale. */
import { ArgumentError, MullamaError } from "../errors.js";
import { type Pointer, viewBytes } from "../native/index.js";
import { checkInteger } from "./check.js";
import { type ContextState, stateOf } from "./context-state.js";
import { api } from "./library.js";

/**
 * Numbers in C's memory, without a copy. They are those of the context's last computation: after the next one, after
 * loading a state and after disposal every use throws `STALE_VIEW` or `DISPOSED`. {@link FloatView.toFloat32Array} keeps them.
 */
export class FloatView implements Iterable<number> {
  readonly #state: ContextState;
  readonly #generation: number;
  readonly #values: Float32Array;

  /** @internal */
  constructor(state: ContextState, pointer: Pointer<"float">, length: number) {
    this.#state = state;
    this.#generation = state.generation;
    const bytes = viewBytes(pointer, length * 4);
    this.#values = new Float32Array(bytes.buffer, bytes.byteOffset, length);
  }

  get length(): number {
    return this.#values.length;
  }

  /** The number at `index`; a negative one counts from the end. Undefined outside. */
  at(index: number): number | undefined {
    return this.#live().at(index);
  }

  /** A copy of the numbers from `start` to before `end`, to keep. */
  toFloat32Array(start = 0, end: number = this.length): Float32Array {
    return this.#live().slice(start, end);
  }

  /** Copies all numbers into `target` at `offset`. */
  copyTo(target: Float32Array, offset = 0): void {
    checkInteger("offset", offset, 0, target.length - this.length);
    target.set(this.#live(), offset);
  }

  /** The index of the largest number. */
  argmax(): number {
    const values = this.#live();
    let best = 0;
    for (let index = 1; index < values.length; index++) {
      if ((values[index] ?? 0) > (values[best] ?? 0)) best = index;
    }
    return best;
  }

  *[Symbol.iterator](): Iterator<number> {
    for (let index = 0; index < this.length; index++) yield this.#live()[index] ?? 0;
  }

  #live(): Float32Array {
    void this.#state.handle.pointer;
    if (this.#state.generation !== this.#generation) {
      throw new MullamaError("STALE_VIEW", "These numbers were of an earlier computation.", {
        hint: "Keep a copy with toFloat32Array() before the next decode.",
      });
    }
    return this.#values;
  }
}

/** Checks that the last computation has logits for a token of the batch; a negative index counts outputs from the end. */
export function checkOutput(context: object, index: number): number {
  logitsPointer(stateOf(context), index);
  return index;
}

function logitsPointer(state: ContextState, index: number): Pointer<"float"> {
  const context = state.handle.pointer;
  checkIndex(index);
  const pointer = state.outputs > 0 && state.hasLogits ? api().llama_get_logits_ith(context, index) : null;
  return required(pointer, state, index, "logits");
}

const INT32 = 2 ** 31;

function checkIndex(index: number): number {
  return checkInteger("index", index, -INT32, INT32 - 1);
}

function required(
  pointer: Pointer<"float"> | null,
  state: ContextState,
  index: number,
  what: string,
): Pointer<"float"> {
  if (pointer !== null) return pointer;
  throw new MullamaError(
    "OUTPUT_MISSING",
    `The last computation has no ${what} at index ${index}; it has ${state.outputs} outputs.`,
    {
      hint: "Mark the token as an output in the batch, or count from the end with a negative index.",
    },
  );
}

/** The logits of one output (`llama_get_logits_ith`). */
export function logitsOf(context: object, index: number): FloatView {
  const state = stateOf(context);
  return new FloatView(state, logitsPointer(state, index), state.limits.vocabularySize);
}

/** All logits, one output after another (`llama_get_logits`). */
export function allLogitsOf(context: object): FloatView {
  const state = stateOf(context);
  const address = state.handle.pointer;
  const pointer = state.outputs > 0 && state.hasLogits ? api().llama_get_logits(address) : null;
  return new FloatView(state, required(pointer, state, 0, "logits"), state.outputs * state.limits.vocabularySize);
}

/** The embedding of one output (`llama_get_embeddings_ith`). */
export function embeddingOf(context: object, index: number): FloatView {
  const state = requireUnpooled(context);
  checkIndex(index);
  const pointer = state.outputs === 0 ? null : api().llama_get_embeddings_ith(state.handle.pointer, index);
  return new FloatView(state, required(pointer, state, index, "embedding"), state.limits.embeddingSize);
}

/** All outputs' embeddings, one after another (`llama_get_embeddings`). */
export function allEmbeddingsOf(context: object): FloatView {
  const state = requireUnpooled(context);
  const pointer = state.outputs === 0 ? null : api().llama_get_embeddings(state.handle.pointer);
  return new FloatView(state, required(pointer, state, 0, "embeddings"), state.outputs * state.limits.embeddingSize);
}

function requireUnpooled(context: object): ContextState {
  const state = stateOf(context);
  void state.handle.pointer;
  if (!state.embeddings) throw noEmbeddings();
  if (state.limits.pooling !== "none") {
    throw new MullamaError(
      "OUTPUT_MISSING",
      `With pooling ${state.limits.pooling} a token has no embedding of its own.`,
      {
        hint: "Read the sequence's, or make the context with pooling none.",
      },
    );
  }
  return state;
}

function noEmbeddings(): MullamaError {
  return new MullamaError("OUTPUT_MISSING", "This context gives no embeddings.", {
    hint: "Make it with embeddings: true, or set context.embeddings.",
  });
}

/** The pooled embedding of a sequence, or with pooling `rank` its scores (`llama_get_embeddings_seq`). */
export function sequenceEmbeddingOf(context: object, sequence: number): FloatView {
  const state = stateOf(context);
  void state.handle.pointer;
  const { pooling, maxSequences, classes, embeddingSize } = state.limits;
  if (pooling === "none")
    throw new ArgumentError("options.pooling", "mean, cls, last or rank for the embedding of a sequence", "none");
  checkInteger("sequence", sequence, 0, maxSequences - 1);
  if (!state.embeddings) throw noEmbeddings();
  const pointer = state.outputs === 0 ? null : api().llama_get_embeddings_seq(state.handle.pointer, sequence);
  return new FloatView(
    state,
    required(pointer, state, sequence, "embedding of a sequence"),
    pooling === "rank" ? classes : embeddingSize,
  );
}
