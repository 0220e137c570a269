/** Functions that miss a signal on purpose. An exception that is no longer needed fails the check. */

/** Why a signal may be missing. */
export const reasons = {
  shared: "frees tables that other threads of the process may be quantizing with, and which are made again when needed",
  undefined: "declared in the header, but no source file of this release defines it",
} as const;

export interface Exception {
  readonly signal: "bound" | "reached";
  readonly reason: keyof typeof reasons;
}

export const exceptions: Readonly<Record<string, Exception>> = {
  llama_backend_free: { signal: "reached", reason: "shared" },
  ggml_threadpool_get_n_threads: { signal: "bound", reason: "undefined" },
};
