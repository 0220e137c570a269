/** A model from metadata and tensors in memory (`llama_model_init_from_user`). */
import { ArgumentError, MullamaError } from "../errors.js";
import {
  checkModelMetadata,
  contentBytes,
  type GgufContent,
  type GgufHeader,
  tensorByteLength,
  type TensorContent,
  writeGgufHeader,
} from "../gguf/index.js";
import { type Pointer, registerCallback } from "../native/index.js";
import type { Handle } from "./handle.js";
import { api } from "./library.js";
import { loadWith } from "./model-load.js";
import { checkModelOptions, type ModelOptions } from "./model-options.js";
import { rememberTensors } from "./model-tensors.js";

export function loadFromGguf(content: GgufContent, options: ModelOptions): Handle<"llama_model"> {
  checkModelOptions(options);
  const bytes = writeGgufHeader(content);
  const header = headerOf(content);
  checkModelMetadata(header);
  if (options.metadata !== undefined)
    throw new ArgumentError("options.metadata", "left out: change the metadata themselves", options.metadata);
  const metadata = api().gguf_init_from_buffer(bytes, bytes.byteLength, { no_alloc: true, ctx: null });
  if (metadata === null) throw new MullamaError("GGUF_INVALID", "llama.cpp could not read the metadata.");
  using filler = new TensorFiller(content.tensors ?? []);
  try {
    const handle = loadWith("the model in memory", options, (params) => {
      return api().llama_model_init_from_user(metadata, filler.pointer, null, params);
    });
    // C repacks nothing that it does not read itself.
    return rememberTensors(filler.check(handle), { tensors: header.tensors, repacked: false });
  } finally {
    api().gguf_free(metadata);
  }
}

/** What the header of a file with this content would say. */
function headerOf({ metadata, tensors = [], version = 3 }: GgufContent): GgufHeader {
  const table = tensors.map(
    ({ name, type, shape }) =>
      [name, { name, type, shape, offset: 0, byteLength: tensorByteLength(type, shape) ?? 0 }] as const,
  );
  const values = metadata instanceof Map ? metadata : new Map(Object.entries(metadata));
  return { version, metadata: values, tensors: new Map(table), alignment: 32, dataOffset: 0, fileSize: 0 };
}

/** Gives each tensor its data when C asks for it. */
class TensorFiller implements Disposable {
  readonly #tensors: ReadonlyMap<string, TensorContent>;
  readonly #callback;
  readonly #missing: string[] = [];
  #error: { readonly value: unknown } | undefined;

  constructor(tensors: readonly TensorContent[]) {
    this.#tensors = new Map(tensors.map((tensor) => [tensor.name, tensor]));
    this.#callback = registerCallback("llama_model_set_tensor_data_t", (tensor) => {
      if (this.#error !== undefined) return;
      try {
        this.#fill(tensor);
      } catch (value) {
        this.#error = { value };
      }
    });
  }

  get pointer(): Pointer<"llama_model_set_tensor_data_t"> {
    return this.#callback.pointer;
  }

  /** Gives the model back if every tensor got its data. */
  check(handle: Handle<"llama_model">): Handle<"llama_model"> {
    if (this.#error === undefined && this.#missing.length === 0) return handle;
    handle.dispose();
    if (this.#error !== undefined) throw this.#error.value;
    throw new MullamaError(
      "MODEL_LOAD_FAILED",
      `The model needs tensors that are missing or of another size: ${this.#missing.join(", ")}.`,
    );
  }

  [Symbol.dispose](): void {
    this.#callback[Symbol.dispose]();
  }

  #fill(tensor: Pointer<"ggml_tensor">): void {
    const c = api();
    const name = c.ggml_get_name(tensor) ?? "";
    const size = Number(c.ggml_nbytes(tensor));
    const content = this.#tensors.get(name);
    const data = content === undefined ? undefined : contentBytes(content);
    if (data?.byteLength === size) c.ggml_backend_tensor_set(tensor, data, 0, size);
    else this.#missing.push(name);
  }
}
