import { MullamaError } from "../errors.js";
import { checkText } from "./check.js";
import { disposeOf, Handle, own } from "./handle.js";
import { api, orThrow } from "./library.js";
import { Vocab } from "./vocab.js";

/** A loaded model. */
export class Model implements Disposable {
  readonly #handle: Handle<"llama_model">;
  readonly #vocab: Vocab;

  private constructor(handle: Handle<"llama_model">) {
    this.#handle = own(this, handle);
    this.#vocab = new Vocab(handle);
  }

  /** Loads a GGUF file (`llama_model_load_from_file`). */
  static load(path: string): Model {
    checkText("path", path);
    const pointer = orThrow(
      () => api().llama_model_load_from_file(path, api().llama_model_default_params()),
      (log) => new MullamaError("MODEL_LOAD_FAILED", `llama.cpp could not load ${path}.`, { log }),
    );
    return new Model(new Handle("model", pointer, { free: "llama_model_free" }));
  }

  /** The model's vocabulary. */
  get vocab(): Vocab {
    return this.#vocab;
  }

  /** Whether {@link dispose} was called. */
  get disposed(): boolean {
    return this.#handle.disposed;
  }

  /** Lets go of the model; C frees it when its last context or adapter goes. */
  dispose(): void {
    disposeOf(this);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
