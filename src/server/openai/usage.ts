import type { z } from "zod";
import type { GenerationUsage } from "../../engine/protocol.js";
import type { usageSchema } from "./response-schema.js";

type Usage = GenerationUsage & { readonly reasoningTokens?: number };

/** Tokens, as OpenAI counts them. @param prompts the answers to each prompt, which counts once for all of them */
export function usageOf(prompts: readonly (readonly Usage[])[]): z.output<typeof usageSchema> {
  const sum = (usages: readonly Usage[], count: (usage: Usage) => number): number =>
    usages.reduce((total, usage) => total + count(usage), 0);
  const answers = prompts.flat();
  const firsts = prompts.flatMap((usages) => usages.slice(0, 1));
  const prompt = sum(firsts, (usage) => usage.promptTokens);
  const completion = sum(answers, (usage) => usage.completionTokens);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: sum(firsts, (usage) => usage.cachedTokens) },
    completion_tokens_details: {
      reasoning_tokens: sum(answers, (usage) => usage.reasoningTokens ?? 0),
      accepted_prediction_tokens: sum(answers, (usage) => usage.acceptedDraftTokens),
      rejected_prediction_tokens: sum(answers, (usage) => usage.draftTokens - usage.acceptedDraftTokens),
    },
  };
}
