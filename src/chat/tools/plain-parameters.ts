import { isRecord } from "../schema/json-schema.js";
import { parametersOf, type ToolDefinition } from "./tool-definition.js";

/** The tool with a type and a description for every argument, which is what most templates expect of it. */
export function withPlainParameters(tool: ToolDefinition): ToolDefinition {
  const schema = parametersOf(tool);
  const { type = "object", properties = {}, ...rest } = isRecord(schema) ? schema : {};
  const given = isRecord(properties) ? properties : {};
  const plain = Object.entries(given).map(([key, value]) => [key, withType(value)] as const);
  return { ...tool, parameters: { ...rest, type, properties: Object.fromEntries(plain) } };
}

function withType(schema: unknown): Record<string, unknown> {
  const known = isRecord(schema) ? schema : {};
  const { type, description = "", items, properties } = known;
  return {
    ...known,
    type: typeof type === "string" ? type : (typesIn(known).find((one) => one !== "null") ?? "string"),
    description,
    ...(isRecord(items) ? { items: withType(items) } : {}),
    ...(isRecord(properties)
      ? { properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, withType(value)])) }
      : {}),
  };
}

/** The types that a schema names, its own or those of its alternatives. */
function typesIn(schema: Record<string, unknown>): string[] {
  const { type, enum: values, const: value } = schema;
  const own = (Array.isArray(type) ? type : [type]).filter((one) => typeof one === "string");
  const known = [...(Array.isArray(values) ? (values as unknown[]) : []), ...(value === undefined ? [] : [value])];
  const nested = ["anyOf", "oneOf", "allOf"].flatMap((key) => {
    const parts = schema[key];
    return Array.isArray(parts) ? parts.filter(isRecord).flatMap(typesIn) : [];
  });
  return [...own, ...known.map((one) => typeof one), ...nested];
}
