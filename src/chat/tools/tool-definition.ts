import { ArgumentError } from "../../errors.js";
import { isSchema, type JsonSchema } from "../schema/json-schema.js";

/** A tool as a model sees it. */
export interface ToolDefinition {
  /** Letters, digits, `_`, `-` and `.`; at most 64. */
  readonly name: string;
  readonly description?: string | undefined;
  /** A JSON Schema of the arguments, which are an object. Default: none. */
  readonly parameters?: JsonSchema | undefined;
}

/** Which tools a model may call, and whether it has to. */
export type ToolChoice = "auto" | "required" | "none" | { readonly name: string };

/** The schema of a tool's arguments. */
export function parametersOf({ parameters }: ToolDefinition): JsonSchema {
  if (parameters === undefined || parameters === true) return { type: "object", properties: {} };
  return parameters;
}

/** The schema that arguments are held to: where it names none, there are none, so that a model does not make some up. */
export function heldParameters(tool: ToolDefinition): JsonSchema {
  const schema = parametersOf(tool);
  if (typeof schema !== "object") return schema;
  const { type, properties = {}, description: _description, $schema: _version, title: _title, ...rest } = schema;
  const namesNone = type === "object" && typeof properties === "object" && Object.keys(properties ?? {}).length === 0;
  return namesNone && Object.keys(rest).length === 0 ? { ...schema, additionalProperties: false } : schema;
}

/** More than any model can tell apart. */
const MOST_TOOLS = 1024;

/** @throws {ArgumentError} naming the tool */
export function checkTools(tools: readonly ToolDefinition[]): void {
  if (!Array.isArray(tools)) throw new ArgumentError("tools", "an array of tools", tools);
  if (tools.length > MOST_TOOLS)
    throw new ArgumentError("tools", `at most ${MOST_TOOLS} tools`, `${tools.length} tools`);
  const names = new Set<string>();
  for (const [index, tool] of (tools as readonly (Partial<ToolDefinition> | null)[]).entries()) {
    const { name, description, parameters } = tool ?? {};
    if (typeof name !== "string" || !/^[\w.-]{1,64}$/.test(name))
      throw new ArgumentError(`tools[${index}].name`, "1 to 64 letters, digits, _, - and .", name);
    if (names.has(name)) throw new ArgumentError(`tools[${index}].name`, "a name that no other tool has", name);
    names.add(name);
    if (description !== undefined && typeof description !== "string")
      throw new ArgumentError(`tools[${index}].description`, "a string", description);
    if (parameters !== undefined && !isSchema(parameters))
      throw new ArgumentError(`tools[${index}].parameters`, "a JSON Schema", parameters);
  }
}

/** @throws {ArgumentError} where the choice names no tool, or there is none to choose from */
export function checkToolChoice(choice: ToolChoice, tools: readonly ToolDefinition[]): void {
  if (choice === "auto" || choice === "none") return;
  if (choice === "required") {
    if (tools.length === 0) throw new ArgumentError("toolChoice", '"auto" or "none", as there are no tools', choice);
    return;
  }
  const name = typeof choice === "object" && choice !== null ? choice.name : undefined;
  if (tools.some((tool) => tool.name === name)) return;
  const names = tools.map((tool) => JSON.stringify(tool.name)).join(", ");
  throw new ArgumentError("toolChoice", `"auto", "required", "none" or { name } of one of: ${names}`, name ?? choice);
}
