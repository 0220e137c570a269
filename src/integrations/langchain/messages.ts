/** From messages of LangChain to a conversation of ours. */
import { AIMessage, type BaseMessage, ChatMessage as RoleMessage, ToolMessage } from "@langchain/core/messages";
import { ArgumentError, MullamaError } from "../../errors.js";
import type { ChatMessage, ContentPart } from "../../chat/message.js";

/** @throws {MullamaError} `UNSUPPORTED` for content that is not text, `ARGUMENT_INVALID` for a message that says nothing */
export function chatMessages(messages: readonly BaseMessage[]): ChatMessage[] {
  return messages.map((message, index) => {
    const name = `messages[${index}]`;
    if (AIMessage.isInstance(message)) return assistantMessage(message, name);
    const content = contentOf(message, name);
    switch (message.type) {
      case "system":
      case "developer":
        return { role: "system", content };
      case "human":
        return { role: "user", content };
      case "tool":
      case "function":
        return toolMessage(message, content);
      case "generic":
        return { role: RoleMessage.isInstance(message) ? message.role : "user", content };
      default:
        throw new ArgumentError(name, "a system, human, AI, tool or chat message", message.type);
    }
  });
}

function toolMessage(message: BaseMessage, content: ChatMessage["content"]): ChatMessage {
  return {
    role: "tool",
    content,
    ...(ToolMessage.isInstance(message) ? { toolCallId: message.tool_call_id } : {}),
    ...(message.name === undefined ? {} : { toolName: message.name }),
  };
}

function assistantMessage(message: AIMessage, name: string): ChatMessage {
  const toolCalls = (message.tool_calls ?? []).map((call, index) => ({
    id: call.id ?? `call_${index}`,
    name: call.name,
    arguments: call.args,
  }));
  const reasoning = reasoningOf(message);
  return {
    role: "assistant",
    content: contentOf(message, name),
    ...(reasoning === "" ? {} : { reasoning }),
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
  };
}

function reasoningOf({ content }: AIMessage): string {
  if (typeof content === "string") return "";
  return content
    .map((block) => (block.type === "reasoning" && typeof block["reasoning"] === "string" ? block["reasoning"] : ""))
    .join("");
}

/** What an assistant's content may hold beside text; it is read elsewhere. */
const elsewhere = ["reasoning", "tool_call", "tool_call_chunk", "invalid_tool_call", "tool_use"];

function contentOf({ content, type: role }: BaseMessage, name: string): ChatMessage["content"] {
  if (typeof content === "string") return content;
  return content.flatMap((block, index): ContentPart[] => {
    if (block.type === "text" && typeof block["text"] === "string") return [{ type: "text", text: block["text"] }];
    if (role === "ai" && elsewhere.includes(block.type)) return [];
    const problem = `${name}.content[${index}] is of the type ${JSON.stringify(block.type)}, but the model reads text only.`;
    throw new MullamaError("UNSUPPORTED", problem, { hint: "Leave it out, or describe it in words." });
  });
}
