/** How a conversation is told to Jinja templates, which agree on most of it and not on all. */
import { type ChatMessage, textOf } from "./message.js";
import { parametersOf, type ToolDefinition } from "./tools/tool-definition.js";

export interface TemplateDialect {
  /** Whether a call's arguments are an object, or its JSON as a text. */
  readonly arguments: "object" | "text";
  /** What the variable `tools` is where there are none. */
  readonly withoutTools: "undefined" | "list";
  /** Under which name an assistant's thoughts are given; undefined where the template has no place for them. */
  readonly reasoning: "reasoning_content" | "thinking" | "reasoning" | undefined;
  /** What an assistant's content is that only calls tools. */
  readonly noContent: "" | null;
}

export function defaultDialect(source: string): TemplateDialect {
  const names = ["reasoning_content", "thinking", "reasoning"] as const;
  return {
    arguments: "object",
    withoutTools: "undefined",
    reasoning: names.find((name) => new RegExp(`[.'"]${name}\\b`).test(source)),
    noContent: "",
  };
}

/** What else to try, where a template fails with the dialect that most speak. */
export function otherDialects(dialect: TemplateDialect): TemplateDialect[] {
  const others: TemplateDialect[] = [];
  for (const form of ["object", "text"] as const) {
    for (const withoutTools of ["undefined", "list"] as const) {
      for (const noContent of ["", null] as const)
        others.push({ ...dialect, arguments: form, withoutTools, noContent });
    }
  }
  return others;
}

export function templateMessage(message: ChatMessage, dialect: TemplateDialect): Record<string, unknown> {
  const { role, reasoning, toolCalls, toolCallId, toolName } = message;
  const text = textOf(message);
  const calls = toolCalls !== undefined && toolCalls.length > 0 ? toolCalls : undefined;
  return {
    role,
    content: calls !== undefined && text === "" ? dialect.noContent : text,
    ...(reasoning === undefined || dialect.reasoning === undefined ? {} : { [dialect.reasoning]: reasoning }),
    ...(calls === undefined
      ? {}
      : {
          tool_calls: calls.map(({ id, name, arguments: given }) => ({
            id,
            type: "function",
            function: { name, arguments: dialect.arguments === "object" ? given : JSON.stringify(given) },
          })),
        }),
    ...(toolCallId === undefined ? {} : { tool_call_id: toolCallId }),
    ...(toolName === undefined ? {} : { name: toolName }),
  };
}

export function templateTool(tool: ToolDefinition): Record<string, unknown> {
  const { name, description = "" } = tool;
  return { type: "function", function: { name, description, parameters: parametersOf(tool) } };
}
