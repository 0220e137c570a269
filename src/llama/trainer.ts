import { renameSync, rmSync } from "node:fs";
import { MullamaError } from "../errors.js";
import { GgufFile, type TensorInfo, writeGgufFile } from "../gguf/index.js";
import { ggml_opt_optimizer_type, type Pointer } from "../native/index.js";
import { checkFunction, checkInteger, checkNumber, checkOptions, checkText, checkTokens } from "./check.js";
import { disposeOf, type Handle, own } from "./handle.js";
import { api } from "./library.js";
import { type ProgressListener, TrainerCallbacks } from "./trainer-callbacks.js";
import { makeDataset } from "./trainer-dataset.js";
import { checkTrainable, createTrainingContext, loadTrainable } from "./trainer-model.js";
import { checkTrainerOptions, type TrainerOptions, type TrainerSetup } from "./trainer-options.js";
import { newResult, readResult, type TrainingResult } from "./trainer-result.js";

export interface EpochOptions {
  /** Tokens from the start of one example to that of the next. Default `contextSize`: no overlap. */
  readonly stride?: number;
  /** The share of the examples, from the end, that is evaluated and not trained on: 0 (the default) to 1. */
  readonly validation?: number;
  /** Called after each microbatch. If it throws, no weight changes any more, and the epoch ends with its exception. */
  readonly onProgress?: ProgressListener;
}

/** The results of the two parts of an epoch, where there were any examples. */
export interface EpochResult {
  readonly training: TrainingResult | undefined;
  readonly validation: TrainingResult | undefined;
}

/**
 * Trains all weights of a model on the CPU. It has a copy of the model to itself.
 *
 * Models of the llama architecture with F32 weights can be trained: llama.cpp has no backward pass for others.
 *
 * @example
 * using trainer = Trainer.open("model-f32.gguf", { parameters: { learningRate: 1e-4 } });
 * for (let epoch = 0; epoch < 3; epoch++) console.log(trainer.epoch(tokens).training?.loss);
 * trainer.save("trained.gguf");
 */
export class Trainer implements Disposable {
  readonly #handle: Handle<"llama_context">;
  readonly #callbacks: TrainerCallbacks;
  readonly #setup: TrainerSetup;
  readonly #path: string;
  readonly #vocabularySize: number;
  #running = false;

  private constructor(path: string, handle: Handle<"llama_context">, callbacks: TrainerCallbacks, setup: TrainerSetup) {
    this.#path = path;
    this.#handle = own(this, handle);
    this.#callbacks = callbacks;
    this.#setup = setup;
    const model = api().llama_get_model(handle.pointer);
    const vocab = model === null ? null : api().llama_model_get_vocab(model);
    this.#vocabularySize = vocab === null ? 0 : api().llama_vocab_n_tokens(vocab);
  }

  /**
   * Loads a model for training (`llama_opt_init`).
   *
   * @throws MullamaError `UNSUPPORTED` for a model that llama.cpp cannot train, `MODEL_LOAD_FAILED`,
   * `CONTEXT_CREATE_FAILED`; `ARGUMENT_INVALID` for options out of range.
   */
  static open(path: string, options: TrainerOptions = {}): Trainer {
    checkText("path", path);
    const setup = checkTrainerOptions(options);
    checkTrainable(path);
    const model = loadTrainable(path);
    const callbacks = new TrainerCallbacks(setup);
    const context = createTrainingContext(model, callbacks, setup);
    const trainer = new Trainer(path, context, callbacks, setup);
    try {
      trainer.#start(model.pointer);
    } catch (error) {
      trainer.dispose();
      throw error;
    } finally {
      // The context holds the model from here on.
      model.dispose();
    }
    return trainer;
  }

  /**
   * Trains on `tokens` once, and evaluates on the share that is kept for validation (`llama_opt_epoch`). It blocks
   * this thread until it is done.
   *
   * @param tokens at least one more than the context.
   * @throws MullamaError `ARGUMENT_INVALID`; `TRAINING_FAILED` when there is no memory for the examples.
   */
  epoch(tokens: Int32Array | readonly number[], options: EpochOptions = {}): EpochResult {
    const context = this.#idle();
    checkOptions("options", options, ["stride", "validation", "onProgress"]);
    const { stride = this.#setup.contextSize, validation = 0, onProgress } = options;
    checkInteger("stride", stride, 1, 2 ** 31 - 1);
    checkNumber("validation", validation, 0, 1);
    if (onProgress !== undefined) checkFunction("onProgress", onProgress);
    const checked = checkTokens("tokens", tokens, this.#vocabularySize);
    using dataset = makeDataset(checked, this.#setup.contextSize, stride);
    const split = Math.round(dataset.examples * (1 - validation));
    const results = [newResult(), newResult()] as const;
    const { progress } = this.#callbacks;
    this.#callbacks.listener = onProgress;
    this.#running = true;
    this.#handle.retain();
    try {
      api().llama_opt_epoch(context, dataset.pointer, ...results, split, progress, progress);
      this.#callbacks.rethrow();
      return { training: readResult(results[0]), validation: readResult(results[1]) };
    } finally {
      this.#callbacks.listener = undefined;
      this.#running = false;
      this.#handle.release();
      for (const result of results) api().ggml_opt_result_free(result);
    }
  }

  /**
   * Measures the loss on `tokens` without training.
   *
   * @throws as {@link epoch}.
   */
  evaluate(tokens: Int32Array | readonly number[], options: Omit<EpochOptions, "validation"> = {}): TrainingResult {
    const { validation } = this.epoch(tokens, { ...options, validation: 1 });
    if (validation === undefined) throw new MullamaError("TRAINING_FAILED", "llama.cpp evaluated nothing.");
    return validation;
  }

  /**
   * Writes a GGUF file: the one that was opened, with its metadata, and with the weights of now.
   *
   * @throws MullamaError `SAVE_FAILED` when it cannot be written, or the opened file is gone.
   */
  save(path: string): void {
    this.#idle();
    checkText("path", path);
    const partial = `${path}.partial`;
    try {
      using original = GgufFile.open(this.#path);
      const { metadata, tensors } = original.header;
      const contents = [...tensors.values()].map((info) => ({
        ...info,
        data: this.#weights(info) ?? original.readBytes(info.name),
      }));
      writeGgufFile(partial, { metadata, tensors: contents });
      renameSync(partial, path);
    } catch (cause) {
      rmSync(partial, { force: true });
      throw new MullamaError("SAVE_FAILED", `The model could not be written to ${path}.`, { cause });
    }
  }

  get disposed(): boolean {
    return this.#handle.disposed;
  }

  /** Frees the model and all that training it took. */
  dispose(): void {
    disposeOf(this);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** The bytes of a tensor that is trained. */
  #weights({ name, byteLength }: TensorInfo): Uint8Array | undefined {
    const tensor = this.#callbacks.trained.get(name);
    if (tensor === undefined) return undefined;
    const bytes = new Uint8Array(byteLength);
    api().ggml_backend_tensor_get(tensor, bytes, 0, byteLength);
    return bytes;
  }

  /** C's context, unless an epoch is running: what `onProgress` calls comes in the middle of one. */
  #idle(): Pointer<"llama_context"> {
    if (this.#running)
      throw new MullamaError("BUSY", "This trainer is in an epoch.", { hint: "Wait until it has returned." });
    return this.#handle.pointer;
  }

  #start(model: Pointer<"llama_model">): void {
    this.#checkSizes();
    // A decode tells the CPU backend the number of threads; training alone would leave it at its default.
    api().llama_decode(this.#handle.pointer, api().llama_batch_get_one(Int32Array.of(0), 1));
    const { GGML_OPT_OPTIMIZER_TYPE_ADAMW, GGML_OPT_OPTIMIZER_TYPE_SGD } = ggml_opt_optimizer_type;
    api().llama_opt_init(this.#handle.pointer, model, {
      n_ctx_train: 0,
      param_filter: this.#callbacks.filter,
      param_filter_ud: null,
      get_opt_pars: this.#callbacks.optimizer,
      get_opt_pars_ud: null,
      optimizer_type: this.#setup.optimizer === "sgd" ? GGML_OPT_OPTIMIZER_TYPE_SGD : GGML_OPT_OPTIMIZER_TYPE_ADAMW,
    });
    this.#callbacks.rethrow();
    if (this.#callbacks.trained.size > 0) return;
    throw new MullamaError("TRAINING_FAILED", "The option trains leaves no tensor to train.", {
      hint: "Token embeddings are never trained.",
    });
  }

  /** llama.cpp may round sizes, and asserts that each divides the one before. */
  #checkSizes(): void {
    const context = this.#handle.pointer;
    const { contextSize, batchSize, microBatchSize } = this.#setup;
    const actual = [api().llama_n_ctx(context), api().llama_n_batch(context), api().llama_n_ubatch(context)];
    if (actual.join() === [contextSize, batchSize, microBatchSize].join()) return;
    throw new MullamaError(
      "CONTEXT_CREATE_FAILED",
      `llama.cpp cannot train with these sizes; nearest are ${actual.join(", ")}.`,
    );
  }
}
