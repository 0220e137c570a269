import type { llama_perf_context_data } from "../native/index.js";
import { contextPointer } from "./context-state.js";
import { api } from "./library.js";

/** What a context has computed and how long it took, in milliseconds. Times are 0 unless it was made with `measure: true`. */
export interface ContextPerformance {
  /** When it was made, on C's clock. */
  readonly start: number;
  readonly load: number;
  readonly promptTime: number;
  readonly decodeTime: number;
  readonly promptTokens: number;
  readonly decodedTokens: number;
  /** How often the graph of the computation before was used again. */
  readonly reusedGraphs: number;
}

/** `llama_perf_context`. */
export function performanceOf(context: object): ContextPerformance {
  const data: llama_perf_context_data = api().llama_perf_context(contextPointer(context));
  return {
    start: data.t_start_ms,
    load: data.t_load_ms,
    promptTime: data.t_p_eval_ms,
    decodeTime: data.t_eval_ms,
    promptTokens: data.n_p_eval,
    decodedTokens: data.n_eval,
    reusedGraphs: data.n_reused,
  };
}
