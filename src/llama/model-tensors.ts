/** The tensors of a model's file, kept for when it is saved: C does not tell them. */
import type { TensorInfo } from "../gguf/index.js";
import type { Handle } from "./handle.js";

export interface ModelTensors {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Whether their bytes may lie in memory in another order, which cannot be read back. */
  readonly repacked: boolean;
}

const known = new WeakMap<Handle<"llama_model">, ModelTensors>();

export function rememberTensors(handle: Handle<"llama_model">, tensors: ModelTensors): Handle<"llama_model"> {
  known.set(handle, tensors);
  return handle;
}

export function tensorsOf(handle: Handle<"llama_model">): ModelTensors | undefined {
  return known.get(handle);
}
