import type { GenerationUsage } from "../../../engine/protocol.js";
import type { MessageUsage } from "./response-schema.js";

/** Tokens, as Anthropic counts them: those that were in the cache are not among the input's. */
export function usageOf(
  usage: Pick<GenerationUsage, "promptTokens" | "cachedTokens" | "completionTokens">,
): MessageUsage {
  const { promptTokens, cachedTokens, completionTokens } = usage;
  return {
    input_tokens: promptTokens - cachedTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedTokens,
    output_tokens: completionTokens,
  };
}
