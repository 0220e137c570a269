import { captureLog, type Pointer } from "../native/index.js";
import { type BackendOutput, backendOutputOf, setBackendSampler } from "./backend-sampling.js";
import { checkBoolean, checkInteger } from "./check.js";
import { compute, computeAsync, type ComputeOptions } from "./compute.js";
import type { ComputeInput } from "./compute-input.js";
import { createContext } from "./context-create.js";
import type { ControlVector } from "./control-vector.js";
import type { ContextOptions } from "./context-options.js";
import { type ContextLimits, type ContextState, setState } from "./context-state.js";
import { disposeOf, handleOf, own } from "./handle.js";
import { api } from "./library.js";
import { Memory } from "./memory.js";
import type { Model } from "./model.js";
import { allEmbeddingsOf, allLogitsOf, embeddingOf, type FloatView, logitsOf, sequenceEmbeddingOf } from "./outputs.js";
import { type ContextPerformance, performanceOf } from "./performance.js";
import type { Sampler } from "./sampler.js";
import { State } from "./state.js";
import { type AdapterUse, type ControlVectorOptions, setAdapters, setControlVector } from "./steering.js";
import { attachThreadpool, detachThreadpool } from "./threadpool-use.js";
import type { Threadpool } from "./threadpool.js";

/**
 * A model at work: it computes tokens, remembers sequences, and gives logits and embeddings (`struct llama_context`).
 * It has one caller at a time: while an asynchronous call runs, every other throws `BUSY`.
 *
 * @example
 * using context = model.createContext({ contextSize: 2048 });
 * context.decode(model.vocab.tokenize("Once upon a time"));
 * const next = context.logits().argmax();
 */
export class Context implements Disposable {
  /** The model that it runs. */
  readonly model: Model;
  /** What it remembers of its sequences. */
  readonly memory: Memory;
  /** Saving and restoring what it remembers. */
  readonly state: State;
  readonly #state: ContextState;

  /** @internal Use `model.createContext`. */
  constructor(model: Model, options: ContextOptions = {}) {
    this.model = model;
    this.#state = setState(this, createContext(model, options));
    own(this, this.#state.handle);
    this.memory = new Memory(this);
    this.state = new State(this);
  }

  /** What it was made for, as C says it: sizes are rounded, and may be smaller than asked for. */
  get limits(): ContextLimits {
    return this.#state.limits;
  }

  /**
   * Computes tokens with the decoder (`llama_decode`), and remembers them. Plain tokens go on in sequence 0 and have one
   * output, the last; with `embeddings` every token has one.
   *
   * @throws {MullamaError} `KV_CACHE_FULL`, `ABORTED`, `DECODE_FAILED`; `ARGUMENT_INVALID` for a token, sequence or size beyond the context's
   */
  decode(input: ComputeInput, options: ComputeOptions = {}): void {
    compute(this, "llama_decode", input, options);
  }

  /** As {@link Context.decode}, on a pool thread; `signal` stops it in the middle. */
  decodeAsync(input: ComputeInput, options: ComputeOptions = {}): Promise<void> {
    return computeAsync(this, "llama_decode", input, options);
  }

  /** Computes tokens with the encoder (`llama_encode`): for embedding models, and for the first half of encoder-decoder models. */
  encode(input: ComputeInput, options: ComputeOptions = {}): void {
    compute(this, "llama_encode", input, options);
  }

  /** As {@link Context.encode}, on a pool thread. */
  encodeAsync(input: ComputeInput, options: ComputeOptions = {}): Promise<void> {
    return computeAsync(this, "llama_encode", input, options);
  }

  /** Stops the asynchronous computation that runs now (`llama_set_abort_callback`); its promise rejects with `ABORTED`. */
  abort(): void {
    if (!this.disposed) this.#state.abort.set();
  }

  /**
   * A byte that stops the computation that runs now when it is set to 1, also a synchronous one: it lies in shared memory,
   * so that it can be given to another thread. The next computation clears it.
   */
  get abortFlag(): Uint8Array {
    void this.#pointer;
    return this.#state.abort.byte;
  }

  /**
   * The logits of an output, one number for each token of the vocabulary (`llama_get_logits_ith`).
   *
   * @param index the token's place in the batch, or a negative count from the last output. Default -1, the last.
   * @throws {MullamaError} `OUTPUT_MISSING` where that token has none
   */
  logits(index = -1): FloatView {
    return logitsOf(this, index);
  }

  /** The logits of all outputs, `outputs` × vocabulary size (`llama_get_logits`). */
  allLogits(): FloatView {
    return allLogitsOf(this);
  }

  /** The embedding of an output (`llama_get_embeddings_ith`); needs `embeddings` and pooling `none`. */
  embedding(index = -1): FloatView {
    return embeddingOf(this, index);
  }

  /** The embeddings of all outputs (`llama_get_embeddings`). */
  allEmbeddings(): FloatView {
    return allEmbeddingsOf(this);
  }

  /** The pooled embedding of a sequence; with pooling `rank` its scores, one for each class (`llama_get_embeddings_seq`). */
  sequenceEmbedding(sequence = 0): FloatView {
    return sequenceEmbeddingOf(this, sequence);
  }

  /** Outputs of the last computation. */
  get outputs(): number {
    return this.#state.outputs;
  }

  /** What a sampler on the backend chose for an output; undefined where none did (`llama_get_sampled_token_ith` and its like). */
  backendOutput(index = -1): BackendOutput | undefined {
    return backendOutputOf(this.#state, index);
  }

  /** Runs a chain of samplers on the backend for a sequence, or none (`llama_set_sampler`). Returns false where the backend cannot. */
  setBackendSampler(sequence: number, sampler: Sampler | undefined): boolean {
    return setBackendSampler(this.#state, sequence, sampler);
  }

  /** Applies these LoRA adapters from the next computation on, and no others (`llama_set_adapters_lora`). What is cached stays as it was computed. */
  setAdapters(adapters: readonly AdapterUse[]): void {
    setAdapters(this.#state, adapters);
  }

  /** Steers with a control vector from the next computation on, or with none (`llama_set_adapter_cvec`). */
  setControlVector(vector: ControlVector | undefined, options: ControlVectorOptions = {}): void {
    setControlVector(this.#state, vector, options);
  }

  /** Threads for a single token (`llama_n_threads`). */
  get threads(): number {
    return api().llama_n_threads(this.#pointer);
  }

  /** Threads for more than one token (`llama_n_threads_batch`). */
  get batchThreads(): number {
    return api().llama_n_threads_batch(this.#pointer);
  }

  /** Sets both (`llama_set_n_threads`), 1 to 512. */
  setThreads(threads: number, batchThreads: number = threads): void {
    checkInteger("threads", threads, 1, 512);
    checkInteger("batchThreads", batchThreads, 1, 512);
    api().llama_set_n_threads(this.#pointer, threads, batchThreads);
  }

  /** Computes with these threads from now on (`llama_attach_threadpool`); they live at least as long as they are attached. */
  attachThreadpool(pool: Threadpool, batchPool: Threadpool = pool): void {
    attachThreadpool(this.#state, pool, batchPool);
  }

  /** Goes back to threads of its own (`llama_detach_threadpool`). */
  detachThreadpool(): void {
    detachThreadpool(this.#state);
  }

  /** Lets each token see only those before it, or all (`llama_set_causal_attn`). */
  setCausalAttention(causal: boolean): void {
    api().llama_set_causal_attn(this.#pointer, checkBoolean("causal", causal));
    this.#state.causal = causal;
  }

  /** Gives embeddings from now on, or no more (`llama_set_embeddings`). */
  setEmbeddings(embeddings: boolean): void {
    api().llama_set_embeddings(this.#pointer, checkBoolean("embeddings", embeddings));
    this.#state.embeddings = embeddings;
  }

  /** Waits until everything is computed (`llama_synchronize`); reading outputs does so by itself. */
  synchronize(): void {
    api().llama_synchronize(this.#pointer);
  }

  /** Counts and times (`llama_perf_context`). */
  get performance(): ContextPerformance {
    return performanceOf(this);
  }

  /** Starts counting again (`llama_perf_context_reset`). */
  resetPerformance(): void {
    api().llama_perf_context_reset(this.#pointer);
  }

  /** Has llama.cpp log the counts and times, for the log handler (`llama_perf_context_print`). */
  logPerformance(): void {
    const pointer = this.#pointer;
    captureLog(api(), () => api().llama_perf_context_print(pointer));
  }

  /** Whether {@link dispose} was called. */
  get disposed(): boolean {
    return this.#state.handle.disposed;
  }

  /** Frees it (`llama_free`), after an asynchronous call that still runs. Does nothing the second time. */
  dispose(): void {
    disposeOf(this);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  get #pointer(): Pointer<"llama_context"> {
    return handleOf(this, "llama_context").pointer;
  }
}
