/** Attaching threadpools to a context. */
import type { ContextState } from "./context-state.js";
import { handleOf } from "./handle.js";
import { api } from "./library.js";
import type { Threadpool } from "./threadpool.js";

const purpose = "threadpool";

/** `llama_attach_threadpool`. */
export function attachThreadpool(state: ContextState, pool: Threadpool, batchPool: Threadpool): void {
  const handle = handleOf(pool, "ggml_threadpool");
  const batchHandle = handleOf(batchPool, "ggml_threadpool");
  api().llama_attach_threadpool(state.handle.pointer, handle.pointer, batchHandle.pointer);
  state.retained.set(purpose, [handle, batchHandle]);
}

/** `llama_detach_threadpool`. */
export function detachThreadpool(state: ContextState): void {
  api().llama_detach_threadpool(state.handle.pointer);
  state.retained.set(purpose, []);
}
