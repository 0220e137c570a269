/** Tells of tools in plain words, where a template has no place for them. */
import type { CallSyntax } from "../answer/answer-syntax.js";
import { writeCalls } from "../answer/write-calls.js";
import { type ChatMessage, textOf } from "../message.js";
import { withSystemText } from "./system-message.js";
import { parametersOf, type ToolDefinition } from "./tool-definition.js";

/** What the template leaves to us. */
interface ToolTelling {
  /** The form of calls, where it does not write them. */
  readonly calls: CallSyntax | undefined;
  /** Whether it writes what tools answer. */
  readonly results: boolean;
  /** What to say of the tools, where it says nothing. */
  readonly description: string | undefined;
}

export function tellTools(messages: readonly ChatMessage[], telling: ToolTelling): ChatMessage[] {
  const told = messages.map((message) => tellOne(message, telling));
  return telling.description === undefined ? told : withSystemText(told, telling.description);
}

function tellOne(message: ChatMessage, { calls, results }: ToolTelling): ChatMessage {
  const { toolCalls, toolCallId: _id, toolName, ...rest } = message;
  if (message.role === "tool" && !results) {
    const named = toolName === undefined ? "" : ` name=${JSON.stringify(toolName)}`;
    return { role: "user", content: `<tool_response${named}>\n${textOf(message)}\n</tool_response>` };
  }
  if (calls === undefined || toolCalls === undefined || toolCalls.length === 0) return message;
  const text = textOf(message);
  return { ...rest, content: `${text}${text === "" ? "" : "\n"}${writeCalls(toolCalls, calls)}` };
}

export function describeTools(tools: readonly ToolDefinition[], syntax: CallSyntax): string {
  const lines = tools.map((tool) => {
    const { name, description } = tool;
    return JSON.stringify({ name, description, parameters: parametersOf(tool) });
  });
  const example = writeCalls([{ id: "call00001", name: "name_of_the_tool", arguments: { argument: "value" } }], syntax);
  return [
    "You can call these tools. Each line is one tool, with a JSON Schema of its arguments:",
    "",
    ...lines,
    "",
    "To call a tool, write nothing but this:",
    "",
    example,
    "",
    "You will be given what it returns. Where no tool helps, answer in plain words.",
  ].join("\n");
}
