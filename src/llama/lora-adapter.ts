import { type LogLine, MullamaError } from "../errors.js";
import { GgufFile, checkAdapterMetadata } from "../gguf/index.js";
import { closeFile, openFile, type Pointer, readBytes, seekFile } from "../native/index.js";
import { checkInteger, checkText } from "./check.js";
import { disposeOf, Handle, handleOf, own } from "./handle.js";
import { api, orThrow } from "./library.js";
import type { Model } from "./model.js";
import { readString } from "./string-out.js";

/**
 * Changes to a model's weights, small and switched on and off at will (`struct llama_adapter_lora`).
 *
 * @example
 * using adapter = LoraAdapter.load(model, "style.gguf");
 * context.setAdapters([{ adapter, scale: 0.8 }]);
 * context.setAdapters([]);
 */
export class LoraAdapter implements Disposable {
  readonly #handle: Handle<"llama_adapter_lora">;

  private constructor(model: Model, pointer: Pointer<"llama_adapter_lora">) {
    const parents = [handleOf(model, "llama_model")];
    this.#handle = own(this, new Handle("adapter", pointer, { free: "llama_adapter_lora_free", parents }));
  }

  /**
   * Loads an adapter that was made for this model (`llama_adapter_lora_init`).
   *
   * @throws {MullamaError} `ADAPTER_LOAD_FAILED` for one of another model; `GGUF_INVALID` for a damaged file
   */
  static load(model: Model, path: string): LoraAdapter {
    checkAdapterFile(path, 0);
    const pointer = handleOf(model, "llama_model").pointer;
    return new LoraAdapter(
      model,
      orThrow(() => api().llama_adapter_lora_init(pointer, path), failure(path)),
    );
  }

  /** As {@link LoraAdapter.load}, from the middle of a file (`llama_adapter_lora_init_from_file_ptr`). @param offset in bytes */
  static loadAt(model: Model, path: string, offset: number): LoraAdapter {
    checkInteger("offset", offset, 0, Number.MAX_SAFE_INTEGER);
    checkAdapterFile(path, offset);
    const pointer = handleOf(model, "llama_model").pointer;
    const file = openFile(path);
    if (file === null) throw new MullamaError("MODEL_NOT_FOUND", `${path} cannot be opened.`);
    try {
      if (!seekFile(file, offset)) throw new MullamaError("ADAPTER_LOAD_FAILED", `${path} has no byte ${offset}.`);
      return new LoraAdapter(
        model,
        orThrow(() => api().llama_adapter_lora_init_from_file_ptr(pointer, file), failure(path)),
      );
    } finally {
      closeFile(file);
    }
  }

  /** A metadata value as text (`llama_adapter_meta_val_str`); undefined where there is none. Arrays are not kept. */
  metadata(key: string): string | undefined {
    const pointer = this.#handle.pointer;
    const name = checkText("key", key);
    return readString((buffer, size) => api().llama_adapter_meta_val_str(pointer, name, buffer, size));
  }

  /** All metadata (`llama_adapter_meta_count`, `_key_by_index`, `_val_str_by_index`). */
  metadataEntries(): [key: string, value: string][] {
    const pointer = this.#handle.pointer;
    return Array.from({ length: api().llama_adapter_meta_count(pointer) }, (_, index) => [
      readString((buffer, size) => api().llama_adapter_meta_key_by_index(pointer, index, buffer, size)) ?? "",
      readString((buffer, size) => api().llama_adapter_meta_val_str_by_index(pointer, index, buffer, size)) ?? "",
    ]);
  }

  /**
   * The tokens after which an activated LoRA begins to work (`llama_adapter_get_alora_invocation_tokens`); empty for a
   * plain one. Switching it on there is the caller's part.
   */
  get invocationTokens(): Int32Array {
    const pointer = this.#handle.pointer;
    const count = Number(api().llama_adapter_get_alora_n_invocation_tokens(pointer));
    const tokens = count === 0 ? null : api().llama_adapter_get_alora_invocation_tokens(pointer);
    return tokens === null ? new Int32Array() : new Int32Array(readBytes(tokens, count * 4).buffer);
  }

  /** Whether {@link dispose} was called. */
  get disposed(): boolean {
    return this.#handle.disposed;
  }

  /** Lets go of it (`llama_adapter_lora_free`); contexts that use it do so until it is replaced. */
  dispose(): void {
    disposeOf(this);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function checkAdapterFile(path: string, offset: number): void {
  checkText("path", path);
  using file = GgufFile.open(path, offset);
  checkAdapterMetadata(file.header);
}

function failure(path: string): (log: readonly LogLine[]) => MullamaError {
  return (log) =>
    new MullamaError("ADAPTER_LOAD_FAILED", `llama.cpp could not load the adapter ${path}.`, {
      log,
      hint: "An adapter only fits the model that it was trained on.",
    });
}
