import type { GgufContent } from "../gguf/index.js";
import type { NativeFunctions, Pointer } from "../native/index.js";
import { wordFor } from "./context-enums.js";
import type { ContextOptions } from "./context-options.js";
import { Context } from "./context.js";
import { checkText } from "./check.js";
import { disposeOf, type Handle, own } from "./handle.js";
import { api } from "./library.js";
import { type RopeType, ropeTypes } from "./model-enums.js";
import { loadFromGguf } from "./model-from-gguf.js";
import {
  loadFromFile,
  loadFromFileAsync,
  loadFromOffset,
  loadFromOffsetAsync,
  loadFromSplits,
  loadFromSplitsAsync,
} from "./model-load.js";
import { metadataEntries, metadataValue, samplingMetadata, type SamplingMetadata } from "./model-metadata.js";
import type { ModelOptions } from "./model-options.js";
import { saveModel } from "./model-save.js";
import { readString } from "./string-out.js";
import { Vocab } from "./vocab.js";

type ModelPointer = Pointer<"llama_model">;

/**
 * A loaded model (`struct llama_model`): weights, vocabulary and metadata, from which contexts are made.
 *
 * Disposing it while contexts or adapters live is fine: it is freed when the last of them goes.
 *
 * @example
 * using model = Model.load("smollm2.gguf");
 * console.log(model.description, model.vocab.size);
 * using context = model.createContext({ contextSize: 2048 });
 */
export class Model implements Disposable {
  /** Text to tokens and back. */
  readonly vocab: Vocab;
  /** Whether its weights are in memory: not with `vocabOnly` or `noAlloc`. */
  readonly hasWeights: boolean;
  readonly #handle: Handle<"llama_model">;

  private constructor(handle: Handle<"llama_model">, { vocabOnly, noAlloc }: ModelOptions) {
    this.#handle = own(this, handle);
    this.hasWeights = vocabOnly !== true && noAlloc !== true;
    this.vocab = new Vocab(handle);
  }

  /**
   * Loads a GGUF file, or the first file of a split model (`llama_model_load_from_file`).
   *
   * @throws {MullamaError} `MODEL_NOT_FOUND`, `GGUF_INVALID` for what is no model or damaged, `MODEL_LOAD_FAILED` with
   * llama.cpp's words, `ABORTED` where `signal` or `onProgress` stopped it
   */
  static load(path: string, options: ModelOptions = {}): Model {
    return new Model(loadFromFile(path, options), options);
  }

  /** As {@link Model.load}, on a pool thread: the event loop stays free. */
  static async loadAsync(path: string, options: ModelOptions = {}): Promise<Model> {
    return new Model(await loadFromFileAsync(path, options), options);
  }

  /** Loads a split model from its files in order, whatever their names (`llama_model_load_from_splits`). */
  static loadSplits(paths: readonly string[], options: ModelOptions = {}): Model {
    return new Model(loadFromSplits(paths, options), options);
  }

  /** As {@link Model.loadSplits}, on a pool thread. */
  static async loadSplitsAsync(paths: readonly string[], options: ModelOptions = {}): Promise<Model> {
    return new Model(await loadFromSplitsAsync(paths, options), options);
  }

  /**
   * Loads a GGUF that begins in the middle of a file (`llama_model_load_from_file_ptr`).
   *
   * @param offset in bytes; a multiple of 32, or `loadMode: "read"`
   */
  static loadAt(path: string, offset: number, options: ModelOptions = {}): Model {
    return new Model(loadFromOffset(path, offset, options), options);
  }

  /** As {@link Model.loadAt}, on a pool thread. */
  static async loadAtAsync(path: string, offset: number, options: ModelOptions = {}): Promise<Model> {
    return new Model(await loadFromOffsetAsync(path, offset, options), options);
  }

  /**
   * Makes a model of metadata and tensors (`llama_model_init_from_user`). Tensors' data may be functions, which are
   * called when C asks for them.
   *
   * @throws {MullamaError} `GGUF_INVALID` for metadata of no model; `MODEL_LOAD_FAILED` where tensors are missing
   */
  static fromGguf(content: GgufContent, options: ModelOptions = {}): Model {
    return new Model(loadFromGguf(content, options), options);
  }

  /**
   * Makes a context to compute with (`llama_init_from_model`).
   *
   * @throws {MullamaError} `CONTEXT_CREATE_FAILED`, for instance where it is larger than memory
   */
  createContext(options: ContextOptions = {}): Context {
    return new Context(this, options);
  }

  /** Tokens of context that it was trained with (`llama_model_n_ctx_train`). */
  get trainedContextSize(): number {
    return this.#number("llama_model_n_ctx_train");
  }

  /** Width of the hidden state (`llama_model_n_embd`). */
  get embeddingSize(): number {
    return this.#number("llama_model_n_embd");
  }

  /** Width of an input embedding (`llama_model_n_embd_inp`). */
  get inputEmbeddingSize(): number {
    return this.#number("llama_model_n_embd_inp");
  }

  /** Width of an output embedding (`llama_model_n_embd_out`). */
  get outputEmbeddingSize(): number {
    return this.#number("llama_model_n_embd_out");
  }

  /** Layers (`llama_model_n_layer`); 0 where only the vocabulary was loaded. */
  get layers(): number {
    return this.#number("llama_model_n_layer");
  }

  /** Layers for multi-token prediction (`llama_model_n_layer_nextn`). */
  get mtpLayers(): number {
    return this.#number("llama_model_n_layer_nextn");
  }

  /** Attention heads of the first layer (`llama_model_n_head`). */
  get heads(): number {
    return this.layers === 0 ? 0 : this.#number("llama_model_n_head");
  }

  /** Heads of its keys and values (`llama_model_n_head_kv`). */
  get kvHeads(): number {
    return this.layers === 0 ? 0 : this.#number("llama_model_n_head_kv");
  }

  /** Tokens of the sliding attention window; 0 where there is none (`llama_model_n_swa`). */
  get slidingWindow(): number {
    return this.#number("llama_model_n_swa");
  }

  /** How positions are put into attention (`llama_model_rope_type`). */
  get ropeType(): RopeType {
    return wordFor(ropeTypes, api().llama_model_rope_type(this.#pointer)) ?? "none";
  }

  /** The RoPE frequency scale that it was trained with (`llama_model_rope_freq_scale_train`). */
  get ropeFrequencyScale(): number {
    return api().llama_model_rope_freq_scale_train(this.#pointer);
  }

  /** What it is in a few words, for instance `llama 135M Q4_1` (`llama_model_desc`). */
  get description(): string {
    const pointer = this.#pointer;
    return readString((buffer, size) => api().llama_model_desc(pointer, buffer, size)) ?? "";
  }

  /** Its quantization, for instance `Q4_K - Medium` (`llama_model_ftype`, `llama_ftype_name`). */
  get quantization(): string {
    return api().llama_ftype_name(api().llama_model_ftype(this.#pointer)) ?? "";
  }

  /** Bytes of all tensors (`llama_model_size`). */
  get size(): number {
    return Number(api().llama_model_size(this.#pointer));
  }

  /** Numbers in all tensors (`llama_model_n_params`). */
  get parameters(): number {
    return Number(api().llama_model_n_params(this.#pointer));
  }

  get hasEncoder(): boolean {
    return api().llama_model_has_encoder(this.#pointer);
  }

  get hasDecoder(): boolean {
    return api().llama_model_has_decoder(this.#pointer);
  }

  /** The token that an encoder-decoder model's answer begins with (`llama_model_decoder_start_token`). */
  get decoderStartToken(): number | undefined {
    const token = api().llama_model_decoder_start_token(this.#pointer);
    return token < 0 ? undefined : token;
  }

  /** Whether it keeps a state instead of a KV cache, as Mamba and RWKV do. */
  get isRecurrent(): boolean {
    return api().llama_model_is_recurrent(this.#pointer);
  }

  /** Whether it has both, as Jamba and Granite 4 have. */
  get isHybrid(): boolean {
    return api().llama_model_is_hybrid(this.#pointer);
  }

  get isDiffusion(): boolean {
    return api().llama_model_is_diffusion(this.#pointer);
  }

  /** The labels of a classifier's outputs (`llama_model_n_cls_out`, `llama_model_cls_label`); empty where it has none. */
  get classLabels(): string[] {
    const pointer = this.#pointer;
    const labels: string[] = [];
    for (let index = 0; index < api().llama_model_n_cls_out(pointer); index++) {
      const label = api().llama_model_cls_label(pointer, index);
      if (label !== null) labels.push(label);
    }
    return labels;
  }

  /** A metadata value as text (`llama_model_meta_val_str`); undefined where there is none, and for arrays. */
  metadata(key: string): string | undefined {
    return metadataValue(this.#pointer, key);
  }

  /** All metadata but arrays. */
  metadataEntries(): [key: string, value: string][] {
    return metadataEntries(this.#pointer);
  }

  /** What it recommends for sampling. */
  get samplingMetadata(): SamplingMetadata {
    return samplingMetadata(this.#pointer);
  }

  /** Its chat template, in Jinja (`llama_model_chat_template`). @param name of a special one, for instance `tool_use` */
  chatTemplate(name?: string): string | undefined {
    if (name !== undefined) checkText("name", name);
    return api().llama_model_chat_template(this.#pointer, name ?? null) ?? undefined;
  }

  /**
   * Writes it to a file (`llama_model_save_to_file`), atomically.
   *
   * @throws {MullamaError} `SAVE_FAILED`; `UNSUPPORTED` for the few architectures that llama.cpp cannot save
   */
  save(path: string): void {
    saveModel(this.#handle, path, this.hasWeights);
  }

  /** Whether {@link dispose} was called. */
  get disposed(): boolean {
    return this.#handle.disposed;
  }

  /** Lets go of it (`llama_model_free`). Does nothing the second time. */
  dispose(): void {
    disposeOf(this);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  get #pointer(): ModelPointer {
    return this.#handle.pointer;
  }

  #number(name: NumberProperty): number {
    return api()[name](this.#pointer);
  }
}

/** The functions that give a whole number for a model. */
type NumberProperty = keyof NativeFunctions &
  `llama_model_n_${"ctx_train" | "embd" | "embd_inp" | "embd_out" | "layer" | "layer_nextn" | "head" | "head_kv" | "swa"}`;
