import type { GenerationFinish } from "../../../engine/protocol.js";

/** Times of a generation, as llama-server's clients read them. */
export function timingsOf({ usage, timings }: Pick<GenerationFinish, "usage" | "timings">): object {
  const { promptTokens, cachedTokens, completionTokens, draftTokens, acceptedDraftTokens } = usage;
  const computed = promptTokens - cachedTokens;
  return {
    cache_n: cachedTokens,
    prompt_n: computed,
    prompt_ms: timings.prompt,
    prompt_per_token_ms: computed === 0 ? 0 : timings.prompt / computed,
    prompt_per_second: timings.promptTokensPerSecond ?? 0,
    predicted_n: completionTokens,
    predicted_ms: timings.completion,
    predicted_per_token_ms: completionTokens === 0 ? 0 : timings.completion / completionTokens,
    predicted_per_second: timings.completionTokensPerSecond ?? 0,
    ...(draftTokens === 0 ? {} : { draft_n: draftTokens, draft_n_accepted: acceptedDraftTokens }),
  };
}
