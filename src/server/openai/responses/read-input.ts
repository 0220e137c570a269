import type { OpenAiMessage } from "../chat/message-schema.js";
import type { InputContent, InputItem } from "./input-schema.js";
import type { ResponsesRequest } from "./request-schema.js";

type AssistantMessage = Extract<OpenAiMessage, { role: "assistant" }>;

/** A response's input as messages of a chat. What an assistant thinks, says and calls in one go is one message. */
export function readInput({ input, instructions }: ResponsesRequest): OpenAiMessage[] {
  const messages: OpenAiMessage[] = [];
  if (instructions !== undefined) messages.push({ role: "system", content: instructions });
  if (typeof input === "string") return [...messages, { role: "user", content: input }];
  for (const message of input.map(readItem)) {
    const last = messages.at(-1);
    if (last?.role !== "assistant" || message.role !== "assistant") messages.push(message);
    else messages[messages.length - 1] = joined(last, message);
  }
  return messages;
}

function readItem(item: InputItem): OpenAiMessage {
  switch (item.type) {
    case "message":
    case undefined:
      return { role: item.role, content: textOf(item.content) };
    case "reasoning": {
      const texts = item.content ?? item.summary ?? [];
      return { role: "assistant", reasoning_content: texts.map(({ text }) => text).join("\n") };
    }
    case "function_call": {
      const { call_id: id, name, arguments: given } = item;
      return { role: "assistant", tool_calls: [{ id, type: "function", function: { name, arguments: given } }] };
    }
    case "function_call_output":
      return { role: "tool", tool_call_id: item.call_id, content: textOf(item.output) };
  }
}

function joined(one: AssistantMessage, other: AssistantMessage): AssistantMessage {
  return {
    role: "assistant",
    content: textOfChat(one.content) + textOfChat(other.content),
    reasoning_content: (one.reasoning_content ?? "") + (other.reasoning_content ?? "") || null,
    tool_calls: [...(one.tool_calls ?? []), ...(other.tool_calls ?? [])],
  };
}

function textOfChat(content: AssistantMessage["content"]): string {
  return typeof content === "string" ? content : "";
}

function textOf(content: InputContent): string {
  if (typeof content === "string") return content;
  return content.map((part) => (part.type === "refusal" ? part.refusal : part.text)).join("");
}
