/** LoRA adapters and control vectors of a context. */
import { ArgumentError, MullamaError } from "../errors.js";
import { pointerArray } from "../native/index.js";
import { checkArray, checkInteger, checkNumber, checkOptions } from "./check.js";
import type { ContextState } from "./context-state.js";
import { ControlVector } from "./control-vector.js";
import { type Handle, handleOf } from "./handle.js";
import { api } from "./library.js";
import { LoraAdapter } from "./lora-adapter.js";

export interface AdapterUse {
  readonly adapter: LoraAdapter;
  /** How strongly it works; 1 as trained, 0 not at all. Default 1. */
  readonly scale?: number;
}

/** `llama_set_adapters_lora`: these adapters from the next computation on, and no others. */
export function setAdapters(state: ContextState, uses: readonly AdapterUse[]): void {
  const context = state.handle.pointer;
  const handles: Handle<"llama_adapter_lora">[] = [];
  const list = checkArray("adapters", uses);
  const scales = new Float32Array(list.length);
  for (const [index, use] of list.entries()) {
    checkOptions(`adapters[${index}]`, use, ["adapter", "scale"]);
    const { adapter, scale = 1 } = use as AdapterUse;
    if (!(adapter instanceof LoraAdapter))
      throw new ArgumentError(`adapters[${index}].adapter`, "a LoraAdapter", adapter);
    const handle = handleOf(adapter, "llama_adapter_lora");
    if (!handle.dependsOn(state.model))
      throw new ArgumentError(`adapters[${index}].adapter`, "one that was loaded for this context's model", adapter);
    if (handles.includes(handle)) throw new ArgumentError(`adapters[${index}].adapter`, "listed once", adapter);
    handles.push(handle);
    scales[index] = checkNumber(`adapters[${index}].scale`, scale);
  }
  api().llama_set_adapters_lora(context, pointerArray(handles.map((handle) => handle.pointer)), handles.length, scales);
  state.retained.set("adapters", handles);
}

export interface ControlVectorOptions {
  /** The first layer that is steered, at least 1. Default 1. */
  readonly firstLayer?: number;
  /** The last layer that is steered. Default: the model's last. */
  readonly lastLayer?: number;
}

/** `llama_set_adapter_cvec`: this control vector from the next computation on, or none. */
export function setControlVector(
  state: ContextState,
  vector: ControlVector | undefined,
  options: ControlVectorOptions,
): void {
  const context = state.handle.pointer;
  const model = state.model.retainedPointer;
  if (vector === undefined) {
    api().llama_set_adapter_cvec(context, null, 0, 0, 0, 0);
    return;
  }
  if (!(vector instanceof ControlVector)) throw new ArgumentError("vector", "a ControlVector", vector);
  checkOptions("options", options, ["firstLayer", "lastLayer"]);
  const size = api().llama_model_n_embd(model);
  const layers = api().llama_model_n_layer(model);
  if (vector.embeddingSize !== size)
    throw new ArgumentError("vector.embeddingSize", `${size}, the model's`, vector.embeddingSize);
  const first = checkInteger("options.firstLayer", options.firstLayer ?? 1, 1, layers);
  const last = checkInteger("options.lastLayer", options.lastLayer ?? layers, first, layers);
  // C leaves the layers beyond the data as they were: zero them.
  const data = new Float32Array(size * Math.max(1, layers - 1));
  data.set(vector.data.subarray(0, data.length));
  if (api().llama_set_adapter_cvec(context, data, data.length, size, first, last) === 0) return;
  throw new MullamaError(
    "ADAPTER_LOAD_FAILED",
    "llama.cpp could not take the control vector: there was not enough memory.",
  );
}
