import type { ChatResult } from "../../../chat/respond-options.js";
import type { MessagesRequest } from "../request/request-schema.js";
import type { Stop } from "./response-schema.js";

/** Why an answer ended, in Anthropic's words. */
export function stopOf(result: ChatResult, { max_tokens: most, stop_sequences: stops = [] }: MessagesRequest): Stop {
  const { finishReason, stopText, usage } = result;
  if (finishReason === "tool-calls") return { stop_reason: "tool_use", stop_sequence: null };
  if (finishReason === "length") {
    const full = usage.completionTokens < most;
    return { stop_reason: full ? "model_context_window_exceeded" : "max_tokens", stop_sequence: null };
  }
  if (stopText === undefined || !stops.includes(stopText)) return { stop_reason: "end_turn", stop_sequence: null };
  return { stop_reason: "stop_sequence", stop_sequence: stopText };
}
