import type { GenerationUsage } from "../../engine/protocol.js";

/** Tokens, as OpenAI counts them. Of several answers to one prompt, the prompt counts once. */
export function usageOf(usages: readonly (GenerationUsage & { readonly reasoningTokens?: number })[]): unknown {
  const sum = (count: (usage: (typeof usages)[number]) => number): number =>
    usages.reduce((total, usage) => total + count(usage), 0);
  const prompt = usages[0]?.promptTokens ?? 0;
  const completion = sum((usage) => usage.completionTokens);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: usages[0]?.cachedTokens ?? 0 },
    completion_tokens_details: {
      reasoning_tokens: sum((usage) => usage.reasoningTokens ?? 0),
      accepted_prediction_tokens: sum((usage) => usage.acceptedDraftTokens),
      rejected_prediction_tokens: sum((usage) => usage.draftTokens - usage.acceptedDraftTokens),
    },
  };
}
