import { readFileSync } from "node:fs";
import type { OutputFormat } from "../../../chat/respond-options.js";
import type { JsonSchema } from "../../../chat/schema/json-schema.js";
import { ArgumentError } from "../../../errors.js";

/** What an answer is held to: `json` is any object, all else a JSON Schema. */
export type AnswerFormat = "json" | JsonSchema;

/** @param text `json`, a JSON Schema, or a file that has one in it */
export function readFormat(text: string): AnswerFormat {
  if (text === "json") return "json";
  try {
    const schema: unknown = JSON.parse(text.trimStart().startsWith("{") ? text : readFileSync(text, "utf8"));
    if (typeof schema === "object" && schema !== null) return schema as JsonSchema;
  } catch (cause) {
    throw new ArgumentError("format", "json, a JSON Schema, or a file with one", text, { cause });
  }
  throw new ArgumentError("format", "a JSON Schema, which is an object", text);
}

export function outputOf(format: AnswerFormat): OutputFormat {
  return { schema: format === "json" ? { type: "object" } : format };
}
