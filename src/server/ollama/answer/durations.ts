import type { RequestTimings } from "../../../engine/metrics.js";
import type { GenerationUsage } from "../../../engine/protocol.js";
import type { AskedModel } from "./asked-model.js";

/** Times and counts of an answer, as Ollama has them: nanoseconds. */
export function durationsOf(
  { startedAt, loadMs }: AskedModel,
  { usage, timings }: { readonly usage: GenerationUsage; readonly timings: RequestTimings },
): object {
  return {
    total_duration: nanoseconds(performance.now() - startedAt),
    load_duration: nanoseconds(loadMs),
    prompt_eval_count: usage.promptTokens,
    prompt_eval_duration: nanoseconds(timings.prompt),
    eval_count: usage.completionTokens,
    eval_duration: nanoseconds(timings.completion),
  };
}

export function nanoseconds(ms: number): number {
  return Math.round(ms * 1e6);
}
