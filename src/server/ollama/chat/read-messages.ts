import type { ChatMessage, ToolCall } from "../../../chat/message.js";
import { definedOf } from "../../../engine/defined-of.js";
import type { OllamaMessage } from "./chat-request.js";

/** Ollama's messages as ours. Calls have no ids there: a result is of the first call of its tool that has none yet. */
export function readMessages(messages: readonly OllamaMessage[]): ChatMessage[] {
  const open: ToolCall[] = [];
  let count = 0;
  return messages.map(({ role, content, thinking, tool_calls: calls, tool_name: tool, tool_call_id: id, name }) => {
    const toolCalls = (calls ?? []).map((call): ToolCall => {
      const { name: called, arguments: given } = call.function;
      return { id: call.id ?? `call_${count++}`, name: called, arguments: given ?? {} };
    });
    open.push(...toolCalls);
    const said = { role, content: content ?? "", ...(toolCalls.length === 0 ? {} : { toolCalls }) };
    if (role !== "tool") return { ...said, ...definedOf({ reasoning: thinking ?? undefined }) };
    const toolName = tool ?? name ?? undefined;
    const at = open.findIndex((call) => (id ? call.id === id : toolName === undefined || call.name === toolName));
    const [answered] = at < 0 ? [] : open.splice(at, 1);
    return {
      ...said,
      ...definedOf({ toolCallId: id ?? answered?.id, toolName: toolName ?? answered?.name }),
    };
  });
}
