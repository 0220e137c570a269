import type { ArrayValue, GgufHeader } from "../../../gguf/index.js";

/** Longer arrays are told only to who wants everything. */
const SHORT = 5;

/** A file's metadata as JSON. What Ollama tells elsewhere is left out. */
export function modelInfoOf({ metadata }: GgufHeader, parameters: number, verbose: boolean): object {
  const info: Record<string, unknown> = { "general.parameter_count": parameters };
  for (const [key, value] of metadata) {
    if (key === "general.name" || key === "tokenizer.chat_template") continue;
    if (value.type !== "array") info[key] = jsonOf(value.value);
    else info[key] = verbose || value.value.length <= SHORT ? listOf(value) : null;
  }
  return info;
}

function listOf({ value }: ArrayValue): unknown[] {
  return Array.from(value as Iterable<unknown>, jsonOf);
}

function jsonOf(value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
