/** Reads arguments that are written one by one. */
import { type ArgumentsSyntax, KEY_MARK, typeOfValue, type ValueType } from "./answer-syntax.js";
import { scanJson, skipSpace, valueAt } from "./json-scan.js";
import { matchLiteral } from "./literal.js";
import { looseValue } from "./loose-value.js";
import { isRecord, type JsonSchemaObject } from "../schema/json-schema.js";
import { parametersOf, type ToolDefinition } from "../tools/tool-definition.js";

type Tagged = Extract<ArgumentsSyntax, { kind: "tagged" }>;

export interface TaggedArguments {
  /** The JSON of what is there. */
  readonly text: string;
  readonly end: number;
  readonly complete: boolean;
}

export function parseTagged(
  text: string,
  start: number,
  syntax: Tagged,
  tool: ToolDefinition | undefined,
): TaggedArguments {
  const given: string[] = [];
  const open = (): TaggedArguments => ({ text: `{${given.join(",")}`, end: text.length, complete: false });
  for (let at = start; ;) {
    const next = given.length === 0 ? at : matchLiteral(text, at, syntax.separator);
    if (next === "partial") return open();
    const key = next === undefined ? undefined : keyAt(text, next, syntax);
    if (key === "partial") return open();
    if (key === undefined) return { text: `{${given.join(",")}}`, end: at, complete: true };
    const value = valueOf(text, key, syntax, schemaOf(tool, key.name));
    if (value === undefined) return open();
    given.push(`${JSON.stringify(key.name)}:${JSON.stringify(value.value)}`);
    at = value.end;
  }
}

interface Key {
  readonly name: string;
  readonly end: number;
  /** Where it was told by what stands before the value. */
  readonly type: "string" | "other" | undefined;
}

function keyAt(text: string, at: number, { beforeKey, beforeValue, values }: Tagged): Key | "partial" | undefined {
  const start = matchLiteral(text, at, beforeKey);
  if (typeof start !== "number") return start;
  const from = skipSpace(text, start);
  if (from >= text.length) return "partial";
  // A tag that closes something has no key.
  if (text[from] === "/") return undefined;
  const bare = values === "python" || values === "gemma";
  if (bare && !/[\w"'<]/.test(text[from] ?? "")) return undefined;
  const forms = [...new Set(Object.values(beforeValue))].filter((form) => form.trim() !== "");
  const found = forms
    .map((form) => ({ form, at: text.indexOf(form.trim(), from) }))
    .filter((one) => one.at >= 0)
    .sort((one, other) => one.at - other.at || other.form.length - one.form.length);
  const [first] = found;
  if (first === undefined) {
    // Neither a key nor what ends the arguments, unless more comes.
    return bare && /[)}\]]/.test(text.slice(from)) ? undefined : "partial";
  }
  const end = matchLiteral(text, first.at, first.form);
  if (typeof end !== "number") return "partial";
  const type =
    beforeValue.string === beforeValue.number ? undefined : first.form === beforeValue.string ? "string" : "other";
  return {
    name: text
      .slice(from, first.at)
      .trim()
      .replace(/^["']|["']$/g, ""),
    end,
    type,
  };
}

function valueOf(
  text: string,
  { name, end: start, type }: Key,
  { afterValue, values, beforeValue }: Tagged,
  schema: JsonSchemaObject | undefined,
): { value: unknown; end: number } | undefined {
  if (values === "python" || values === "gemma") return looseValue(text, start);
  if (values === "json") {
    const span = scanJson(text, start);
    if (span?.complete !== true) return undefined;
    const behind = matchLiteral(text, span.end, afterValue);
    return typeof behind === "number" ? { value: valueAt(text, span), end: behind } : undefined;
  }
  const after = afterValue.replaceAll(KEY_MARK, name);
  const stop = text.indexOf(after.trim(), start);
  if (stop < 0) return undefined;
  let raw = text.slice(start, stop);
  if (/\n\s*$/.test(beforeValue.string)) raw = raw.replace(/^\n/, "");
  if (/^\s*\n/.test(after)) raw = raw.replace(/\n$/, "");
  return { value: rawValue(raw, type, schema), end: stop + after.trim().length };
}

/** A value without quotation marks is what the tool wants it to be, if it can be read so. */
function rawValue(raw: string, told: Key["type"], schema: JsonSchemaObject | undefined): unknown {
  if (told === "string") return raw;
  const listed = schema?.["enum"] ?? (schema !== undefined && "const" in schema ? [schema["const"]] : undefined);
  if (Array.isArray(listed)) {
    const found = (listed as unknown[]).find(
      (value) => (typeof value === "string" ? value : JSON.stringify(value)) === raw,
    );
    if (found !== undefined) return found;
  }
  const types = typesOf(schema);
  if (told === undefined && types?.length === 1 && types[0] === "string") return raw;
  const value = parsed(raw);
  if (value === undefined) return raw;
  if (types === undefined || told === "other") return value;
  return types.includes(typeOfValue(value)) ? value : raw;
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw) as unknown;
  } catch {
    return looseValue(`${raw.trim()} `, 0)?.value;
  }
}

/** The schema of a tool's argument; undefined where it does not say. */
function schemaOf(tool: ToolDefinition | undefined, key: string): JsonSchemaObject | undefined {
  const schema = tool === undefined ? undefined : parametersOf(tool);
  const properties = isRecord(schema) ? schema["properties"] : undefined;
  const property = isRecord(properties) ? properties[key] : undefined;
  return isRecord(property) ? property : undefined;
}

/** The types that a schema names; undefined where it names none. */
function typesOf(schema: JsonSchemaObject | undefined): ValueType[] | undefined {
  const type = schema?.["type"];
  const names = (Array.isArray(type) ? type : [type]) as unknown[];
  const known = names.flatMap((name): ValueType[] => {
    if (name === "integer") return ["number"];
    return typeof name === "string" ? [name as ValueType] : [];
  });
  return known.length === 0 ? undefined : known;
}
