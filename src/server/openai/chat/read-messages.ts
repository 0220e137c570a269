import type { ChatMessage, ToolCall } from "../../../chat/message.js";
import { definedOf } from "../../../engine/defined-of.js";
import { HttpError } from "../../http/http-error.js";
import type { OpenAiContent, OpenAiMessage } from "./message-schema.js";

/** OpenAI's messages as ours. */
export function readMessages(messages: readonly OpenAiMessage[]): ChatMessage[] {
  const names = new Map<string, string>();
  return messages.map((message, index) => {
    const param = `messages.${index}`;
    switch (message.role) {
      case "assistant": {
        const toolCalls = (message.tool_calls ?? []).map((call): ToolCall => {
          names.set(call.id, call.function.name);
          return { id: call.id, name: call.function.name, arguments: readArguments(call.function.arguments) };
        });
        return {
          role: "assistant",
          content: textOf(message.content ?? message.refusal ?? "", param),
          ...definedOf({ reasoning: message.reasoning_content ?? undefined }),
          ...(toolCalls.length === 0 ? {} : { toolCalls }),
        };
      }
      case "tool": {
        const toolName = message.name ?? names.get(message.tool_call_id);
        return {
          role: "tool",
          content: textOf(message.content, param),
          toolCallId: message.tool_call_id,
          ...(toolName === undefined ? {} : { toolName }),
        };
      }
      default:
        return { role: message.role === "user" ? "user" : "system", content: textOf(message.content, param) };
    }
  });
}

function textOf(content: OpenAiContent, param: string): string {
  if (typeof content === "string") return content;
  return content
    .map(({ type, text, refusal }, index) => {
      const said = type === "text" ? text : type === "refusal" ? refusal : undefined;
      if (said !== undefined) return said;
      const problem =
        type === "text" ? "has no text" : `is of the type ${JSON.stringify(type)}, but this model reads text only`;
      const at = `${param}.content.${index}`;
      throw new HttpError("UNSUPPORTED", `${at} ${problem}.`, { param: at });
    })
    .join("");
}

/** Models write JSON, but a client may have cut it, or made it up. */
function readArguments(text: string): unknown {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
