import { MullamaError } from "../errors.js";
import { metadataString, splitCount, validateModelFile } from "../gguf/index.js";
import { ggml_type, llama_flash_attn_type, llama_load_mode, pointerArray } from "../native/index.js";
import { Handle } from "./handle.js";
import { api, orThrow } from "./library.js";
import type { TrainerCallbacks } from "./trainer-callbacks.js";
import type { TrainerSetup } from "./trainer-options.js";

/** llama.cpp ends the process when a backward pass needs what it does not have, so that is found out before. */
export function checkTrainable(path: string): void {
  const header = validateModelFile(path);
  const { metadata, tensors } = header;
  if (splitCount(header) > 1) {
    throw new MullamaError("UNSUPPORTED", `${path} is one of several files; only a whole model can be trained.`);
  }
  const architecture = metadataString(metadata, "general.architecture");
  if (architecture !== "llama") {
    throw new MullamaError(
      "UNSUPPORTED",
      `Models of the ${architecture ?? "unknown"} architecture cannot be trained; llama can.`,
    );
  }
  const other = [...tensors.values()].find(({ type }) => type !== "F32");
  if (other !== undefined) {
    throw new MullamaError("UNSUPPORTED", `Only F32 weights can be trained, but ${other.name} is ${other.type}.`, {
      hint: "Convert the model to F32 first.",
    });
  }
  const expert = [...tensors.keys()].find((name) => name.includes("_exps"));
  if (expert !== undefined) throw new MullamaError("UNSUPPORTED", `Mixtures of experts cannot be trained (${expert}).`);
}

/** Into memory that can be written, on the CPU alone. */
export function loadTrainable(path: string): Handle<"llama_model"> {
  const params = {
    ...api().llama_model_default_params(),
    devices: pointerArray([null]),
    load_mode: llama_load_mode.LLAMA_LOAD_MODE_NONE,
    use_extra_bufts: false,
    n_gpu_layers: 0,
  };
  const pointer = orThrow(
    () => api().llama_model_load_from_file(path, params),
    (log) => new MullamaError("MODEL_LOAD_FAILED", `llama.cpp could not load ${path}.`, { log }),
  );
  return new Handle("model", pointer, { free: "llama_model_free" });
}

/** A context whose every operation has a backward pass: F32 cache, no flash attention, one sequence. */
export function createTrainingContext(
  model: Handle<"llama_model">,
  callbacks: TrainerCallbacks,
  setup: TrainerSetup,
): Handle<"llama_context"> {
  const params = {
    ...api().llama_context_default_params(),
    n_ctx: setup.contextSize,
    n_batch: setup.batchSize,
    n_ubatch: setup.microBatchSize,
    n_seq_max: 1,
    n_threads: setup.threads,
    n_threads_batch: setup.threads,
    type_k: ggml_type.GGML_TYPE_F32,
    type_v: ggml_type.GGML_TYPE_F32,
    flash_attn_type: llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED,
  };
  try {
    const pointer = orThrow(
      () => api().llama_init_from_model(model.pointer, params),
      (log) => new MullamaError("CONTEXT_CREATE_FAILED", "llama.cpp could not create a context to train in.", { log }),
    );
    return new Handle("trainer", pointer, { free: "llama_free", parents: [model], onFreed: () => callbacks.dispose() });
  } catch (error) {
    callbacks.dispose();
    model.dispose();
    throw error;
  }
}
