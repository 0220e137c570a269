/** Writes calls as a model would, for templates that leave them out. */
import type { ToolCall } from "../message.js";
import {
  type ArgumentsSyntax,
  type CallSyntax,
  GEMMA_QUOTE,
  KEY_MARK,
  typeOfValue,
  type ValueForm,
} from "./answer-syntax.js";

/** The text of calls. @throws {TypeError} for arguments that are no JSON */
export function writeCalls(calls: readonly ToolCall[], syntax: CallSyntax): string {
  const written = calls.map((call, index) =>
    syntax.call
      .map((part) => {
        if ("text" in part) return part.text;
        if (part.hole === "arguments") return writeArguments(call.arguments, syntax.arguments);
        if (part.hole === "counter") return String(index);
        return part.hole === "id" ? call.id : call.name;
      })
      .join(""),
  );
  return `${syntax.open}${written.join(syntax.separator ?? "\n")}${syntax.close}`;
}

function writeArguments(given: unknown, syntax: ArgumentsSyntax): string {
  if (syntax.kind === "json") return jsonText(given);
  const { beforeKey, beforeValue, afterValue, separator, values } = syntax;
  const entries = Object.entries(typeof given === "object" && given !== null ? given : {});
  return entries
    .map(([key, value]) => {
      const before = beforeValue[typeOfValue(value)];
      return `${beforeKey}${key}${before}${writeValue(value, values)}${afterValue.replaceAll(KEY_MARK, key)}`;
    })
    .join(separator);
}

function writeValue(value: unknown, form: ValueForm): string {
  if (form === "raw" && typeof value === "string") return value;
  if (form === "python") return pythonText(value);
  return form === "gemma" ? gemmaText(value) : jsonText(value);
}

/** JSON as Python's `json.dumps` spaces it, which is what models have read. */
function jsonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${jsonText(item)}`)
    .join(", ")}}`;
}

function pythonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonText).join(", ")}]`;
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${pythonText(item)}`)
    .join(", ")}}`;
}

function gemmaText(value: unknown): string {
  if (typeof value === "string") return `${GEMMA_QUOTE}${value}${GEMMA_QUOTE}`;
  if (Array.isArray(value)) return `[${value.map(gemmaText).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${key}:${gemmaText(item)}`)
    .join(",")}}`;
}
