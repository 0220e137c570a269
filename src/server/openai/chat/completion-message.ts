import type { ChatResult } from "../../../chat/respond-options.js";
import type { CompletionMessage } from "./response-schema.js";

/** An answer as OpenAI's message. */
export function messageOf({ text, reasoning, toolCalls }: ChatResult): CompletionMessage {
  return {
    role: "assistant",
    content: text === "" && toolCalls.length > 0 ? null : text,
    refusal: null,
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(toolCalls.length === 0
      ? {}
      : {
          tool_calls: toolCalls.map(({ id, name, arguments: given }) => ({
            id,
            type: "function",
            function: { name, arguments: typeof given === "string" ? given : JSON.stringify(given) },
          })),
        }),
  };
}

/** Why it ended, in OpenAI's words. */
export function finishReason({ finishReason: reason }: ChatResult): "stop" | "length" | "tool_calls" {
  return reason === "tool-calls" ? "tool_calls" : reason;
}
