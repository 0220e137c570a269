/** From what LangChain calls a tool to a definition of ours. */
import type { BindToolsInput, ToolChoice as LangChainToolChoice } from "@langchain/core/language_models/chat_models";
import { isLangChainTool } from "@langchain/core/utils/function_calling";
import { isInteropZodSchema } from "@langchain/core/utils/types";
import { ArgumentError } from "../../errors.js";
import type { JsonSchema } from "../../chat/schema/json-schema.js";
import type { ToolChoice, ToolDefinition } from "../../chat/tools/tool-definition.js";
import { jsonSchemaOf } from "./json-schema.js";

/**
 * Reads a tool of LangChain, a runnable as a tool, or a definition in the form of OpenAI's, Anthropic's or ours.
 *
 * @throws {ArgumentError} for what is none
 */
export function toolDefinition(given: BindToolsInput): ToolDefinition {
  const tool: Readonly<Record<string, unknown>> = Object(given);
  if (isLangChainTool(given)) return definition(given.name, given.description, given.schema);
  const inner: unknown = tool["type"] === "function" ? tool["function"] : undefined;
  const { name, description, ...rest }: Readonly<Record<string, unknown>> = Object(inner ?? tool);
  if (typeof name !== "string")
    throw new ArgumentError(
      "tools",
      'tools of LangChain, or { type: "function", function: { name, parameters } }',
      given,
    );
  const schema = rest["parameters"] ?? rest["schema"] ?? rest["input_schema"];
  return definition(name, typeof description === "string" ? description : undefined, schema);
}

function definition(name: string, description: string | undefined, schema: unknown): ToolDefinition {
  return {
    name,
    ...(description === undefined || description === "" ? {} : { description }),
    ...(schema === undefined ? {} : { parameters: parameters(schema) }),
  };
}

function parameters(schema: unknown): JsonSchema {
  if (isInteropZodSchema(schema) || (typeof schema === "object" && schema !== null)) return jsonSchemaOf(schema);
  throw new ArgumentError("tools", "tools whose arguments have a schema of zod or a JSON Schema", schema);
}

/** @throws {ArgumentError} for an object that names no tool */
export function toolChoiceOf(choice: LangChainToolChoice): ToolChoice {
  if (choice === "auto" || choice === "none" || choice === "required") return choice;
  if (choice === "any") return "required";
  if (typeof choice === "string") return { name: choice };
  const { name = choice["function"]?.name, type }: { name?: unknown; type?: unknown } = choice;
  if (typeof name === "string") return { name };
  if (type === "any" || type === "auto" || type === "none") return type === "any" ? "required" : type;
  throw new ArgumentError("tool_choice", '"auto", "any", "required", "none" or the name of a tool', choice);
}
