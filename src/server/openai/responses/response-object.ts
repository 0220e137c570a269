import { randomUUID } from "node:crypto";
import type { ChatUsage } from "../../../chat/respond-options.js";
import type { ResponsesRequest } from "./request-schema.js";

/** What a response says of its request, whatever the answer is. */
export function responseHead(request: ResponsesRequest, model: string): object {
  const { tools = [], tool_choice: choice = "auto", text, reasoning, metadata = {} } = request;
  return {
    id: `resp_${randomUUID().replaceAll("-", "")}`,
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    background: false,
    error: null,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    metadata,
    model,
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: reasoning?.effort ?? null, summary: reasoning?.summary ?? null },
    store: false,
    temperature: request.temperature ?? null,
    text: { format: text?.format ?? { type: "text" } },
    tool_choice: choice,
    tools: tools.map(({ parameters, strict, ...tool }) => ({
      ...tool,
      parameters: parameters ?? null,
      strict: strict ?? true,
    })),
    top_p: request.top_p ?? null,
    truncation: "disabled",
  };
}

/** Tokens, as this API counts them. */
export function usageOf({ promptTokens, cachedTokens, completionTokens, reasoningTokens }: ChatUsage): object {
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedTokens },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: promptTokens + completionTokens,
  };
}
