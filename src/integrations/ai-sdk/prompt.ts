/** From a prompt of the AI SDK to a conversation of ours. */
import type { LanguageModelV4Message, LanguageModelV4Prompt, LanguageModelV4ToolResultPart } from "@ai-sdk/provider";
import type { ChatMessage, ToolCall } from "../../chat/message.js";
import { unsupported } from "./errors.js";
import { toolOutputText } from "./tool-output.js";

/** @throws {UnsupportedFunctionalityError} for what is not text */
export function chatMessages(prompt: LanguageModelV4Prompt): ChatMessage[] {
  return prompt.flatMap((message) => {
    switch (message.role) {
      case "system":
        return [{ role: "system", content: message.content }];
      case "user":
        return [{ role: "user", content: message.content.map(userText).join("\n") }];
      case "assistant":
        return assistantMessages(message.content);
      case "tool":
        return message.content.map((part) => {
          if (part.type === "tool-result") return toolMessage(part);
          throw unsupported("tool approval", "No tool is run by the provider, so there is none to be approved by it.");
        });
    }
  });
}

type Content<Role extends LanguageModelV4Message["role"]> = Extract<LanguageModelV4Message, { role: Role }>["content"];

function userText(part: Content<"user">[number]): string {
  if (part.type === "text") return part.text;
  if (part.data.type === "text") return part.data.text;
  throw unsupported(
    "file parts",
    `A message holds a file of the type ${part.mediaType}, but the model reads text only. Describe it in words.`,
  );
}

/** One message, and behind it the answers of tools that a provider ran. */
function assistantMessages(parts: Content<"assistant">): ChatMessage[] {
  let [text, reasoning] = ["", ""];
  const toolCalls: ToolCall[] = [];
  const results: ChatMessage[] = [];
  for (const part of parts) {
    if (part.type === "text") text += part.text;
    else if (part.type === "reasoning") reasoning += part.text;
    else if (part.type === "tool-call")
      toolCalls.push({ id: part.toolCallId, name: part.toolName, arguments: part.input ?? {} });
    else if (part.type === "tool-result") results.push(toolMessage(part));
    else
      throw unsupported(`${part.type} parts`, `An assistant's message holds a ${part.type} part, which is not text.`);
  }
  const message: ChatMessage = {
    role: "assistant",
    content: text,
    ...(reasoning === "" ? {} : { reasoning }),
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
  };
  return [message, ...results];
}

function toolMessage({ toolCallId, toolName, output }: LanguageModelV4ToolResultPart): ChatMessage {
  return { role: "tool", content: toolOutputText(output), toolCallId, toolName };
}
