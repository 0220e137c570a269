/** A model from metadata and tensors in memory (`llama_model_init_from_user`). */
import { ArgumentError, MullamaError } from "../errors.js";
import { checkModelMetadata, type GgufContent, GgufFile, type TensorContent, writeGguf } from "../gguf/index.js";
import { type Pointer, registerCallback } from "../native/index.js";
import type { Handle } from "./handle.js";
import { api } from "./library.js";
import { loadWith } from "./model-load.js";
import type { ModelOptions } from "./model-options.js";

export function loadFromGguf(content: GgufContent, options: ModelOptions): Handle<"llama_model"> {
  const bytes = writeGguf(content);
  {
    using file = GgufFile.from(bytes);
    checkModelMetadata(file.header);
  }
  if (options.metadata !== undefined) throw new ArgumentError("options.metadata", "left out: change the metadata themselves", options.metadata);
  const metadata = api().gguf_init_from_buffer(bytes, bytes.byteLength, { no_alloc: true, ctx: null });
  if (metadata === null) throw new MullamaError("GGUF_INVALID", "llama.cpp could not read the metadata.");
  const filler = new TensorFiller(content.tensors ?? []);
  try {
    const handle = loadWith("the model in memory", options, (params) => {
      return api().llama_model_init_from_user(metadata, filler.pointer, null, params);
    });
    if (filler.missing.length === 0) return handle;
    handle.dispose();
    throw new MullamaError("MODEL_LOAD_FAILED", `The model needs tensors that are missing or of another size: ${filler.missing.join(", ")}.`);
  } finally {
    filler.dispose();
    api().gguf_free(metadata);
  }
}

/** Gives each tensor its data when C asks for it. */
class TensorFiller {
  /** Tensors that C asked for in vain. */
  readonly missing: string[] = [];
  readonly #tensors: ReadonlyMap<string, TensorContent>;
  readonly #callback;

  constructor(tensors: readonly TensorContent[]) {
    this.#tensors = new Map(tensors.map((tensor) => [tensor.name, tensor]));
    this.#callback = registerCallback("llama_model_set_tensor_data_t", (tensor) => this.#fill(tensor));
  }

  get pointer(): Pointer<"llama_model_set_tensor_data_t"> {
    return this.#callback.pointer;
  }

  dispose(): void {
    this.#callback[Symbol.dispose]();
  }

  #fill(tensor: Pointer<"ggml_tensor">): void {
    const c = api();
    const name = c.ggml_get_name(tensor) ?? "";
    const size = Number(c.ggml_nbytes(tensor));
    const data = this.#tensors.get(name)?.data;
    if (data?.byteLength === size) c.ggml_backend_tensor_set(tensor, data, 0, size);
    else this.missing.push(name);
  }
}
