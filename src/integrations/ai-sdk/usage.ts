import type { LanguageModelV4Usage } from "@ai-sdk/provider";
import type { ChatUsage } from "../../chat/respond-options.js";

/** What an answer took. Nothing is written to a cache that anyone pays for, so of that there is no number. */
export function usageOf(usage: ChatUsage): LanguageModelV4Usage {
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = usage;
  return {
    inputTokens: {
      total: promptTokens,
      noCache: promptTokens - cachedTokens,
      cacheRead: cachedTokens,
      cacheWrite: undefined,
    },
    outputTokens: { total: completionTokens, text: completionTokens - reasoningTokens, reasoning: reasoningTokens },
    raw: { ...usage },
  };
}
