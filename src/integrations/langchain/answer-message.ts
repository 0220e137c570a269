import { AIMessage, type InvalidToolCall, type ToolCall, type UsageMetadata } from "@langchain/core/messages";
import type { ChatResult, ChatUsage } from "../../chat/respond-options.js";

/** An answer as LangChain's message. Where the model thought, its content are standard blocks, the thoughts first. */
export function answerMessage(result: ChatResult, model: string): AIMessage {
  const { text, reasoning } = result;
  const calls: ToolCall[] = [];
  const invalid: InvalidToolCall[] = [];
  for (const { id, name, arguments: args } of result.toolCalls) {
    if (isObject(args)) calls.push({ type: "tool_call", id, name, args });
    else invalid.push({ type: "invalid_tool_call", id, name, args: JSON.stringify(args), error: "not an object" });
  }
  return new AIMessage({
    content:
      reasoning === ""
        ? text
        : [{ type: "reasoning", reasoning }, ...(text === "" ? [] : [{ type: "text" as const, text }])],
    tool_calls: calls,
    invalid_tool_calls: invalid,
    // Its type is lost where optional properties are exact.
    usage_metadata: usageMetadata(result.usage) as never,
    response_metadata: responseMetadata(result, model),
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function usageMetadata(usage: ChatUsage): UsageMetadata {
  return {
    input_tokens: usage.promptTokens,
    output_tokens: usage.completionTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
    input_token_details: { cache_read: usage.cachedTokens },
    output_token_details: { reasoning: usage.reasoningTokens },
  };
}

/** How it ended, in the names of OpenAI's API, which LangChain's own code looks for. */
export function responseMetadata(result: ChatResult, model: string): Record<string, unknown> {
  const { finishReason, stopText, seed, timings, logprobs } = result;
  return {
    model_provider: "mullama",
    model_name: model,
    finish_reason: finishReason === "tool-calls" ? "tool_calls" : finishReason,
    timings,
    ...(stopText === undefined ? {} : { stop_text: stopText }),
    ...(seed === undefined ? {} : { seed }),
    ...(logprobs === undefined ? {} : { logprobs }),
  };
}
