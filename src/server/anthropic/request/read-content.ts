import type { ChatMessage } from "../../../chat/message.js";
import { definedOf } from "../../../engine/defined-of.js";
import type { ContentBlock, DocumentBlock, TextBlock } from "./content-schema.js";

/** Names of tools by the ids of their calls. */
export type CalledTools = Map<string, string>;

/** What a user says, and what tools answered: a message for each. */
export function readUser(content: string | readonly ContentBlock[], called: CalledTools): ChatMessage[] {
  if (typeof content === "string") return [{ role: "user", content }];
  const messages: ChatMessage[] = [];
  let said: string[] = [];
  const flush = (): void => {
    if (said.length > 0) messages.push({ role: "user", content: said.join("\n\n") });
    said = [];
  };
  for (const block of content) {
    if (block.type === "text" || block.type === "document") said.push(textOf(block));
    if (block.type !== "tool_result") continue;
    flush();
    const text = textsOf(block.content ?? "");
    messages.push({
      role: "tool",
      content: block.is_error === true ? `Error: ${text}` : text,
      toolCallId: block.tool_use_id,
      ...definedOf({ toolName: called.get(block.tool_use_id) }),
    });
  }
  flush();
  return messages;
}

/** What the model said, thought and called. Nobody can read thoughts that are redacted. */
export function readAssistant(content: string | readonly ContentBlock[], called: CalledTools): ChatMessage {
  const blocks = typeof content === "string" ? [{ type: "text" as const, text: content }] : content;
  const toolCalls = blocks.flatMap((block) => {
    if (block.type !== "tool_use") return [];
    called.set(block.id, block.name);
    return [{ id: block.id, name: block.name, arguments: block.input ?? {} }];
  });
  const reasoning = blocks.map((block) => (block.type === "thinking" ? block.thinking : "")).join("");
  return {
    role: "assistant",
    content: blocks.map((block) => (block.type === "text" ? block.text : "")).join(""),
    ...(reasoning === "" ? {} : { reasoning }),
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
  };
}

/** Blocks of text as one text, a paragraph each. */
export function textsOf(content: string | readonly (TextBlock | DocumentBlock)[]): string {
  return typeof content === "string" ? content : content.map(textOf).join("\n\n");
}

function textOf(block: TextBlock | DocumentBlock): string {
  if (block.type === "text") return block.text;
  const { source, title, context } = block;
  const text = source.type === "text" ? source.data : textsOf(source.content);
  return [title, context, text].filter((part) => typeof part === "string" && part !== "").join("\n");
}
