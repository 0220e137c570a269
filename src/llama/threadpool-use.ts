/** Threadpools at work: attached to contexts, and used by one computation at a time, since C does not keep two apart. */
import { MullamaError } from "../errors.js";
import type { ContextState } from "./context-state.js";
import { type Handle, handleOf } from "./handle.js";
import { api } from "./library.js";
import type { Threadpool } from "./threadpool.js";

type PoolHandle = Handle<string>;

const purpose = "threadpool";

/** Those that an asynchronous computation is using. */
const working = new Set<PoolHandle>();

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

/** Throws `BUSY` while another context computes on a threadpool of this one's. */
export function checkThreadpools(state: ContextState): void {
  for (const handle of state.retained.get(purpose)) checkIdle(handle);
}

/** Runs an asynchronous computation with the context's threadpools to itself. */
export async function withThreadpools<Result>(state: ContextState, call: () => Promise<Result>): Promise<Result> {
  const handles = state.retained.get(purpose);
  for (const handle of handles) checkIdle(handle);
  for (const handle of handles) working.add(handle);
  try {
    return await call();
  } finally {
    for (const handle of handles) working.delete(handle);
  }
}

export function checkIdle(handle: Handle<"ggml_threadpool"> | PoolHandle): void {
  if (!working.has(handle)) return;
  throw new MullamaError("BUSY", "This threadpool is in use by an asynchronous computation.", {
    hint: "Wait for its promise first, or give each context a threadpool of its own.",
  });
}
