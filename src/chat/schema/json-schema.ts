import { ArgumentError, MullamaError } from "../../errors.js";

/** A JSON Schema, of draft 2020-12 or draft 7. */
export type JsonSchema = boolean | JsonSchemaObject;

export interface JsonSchemaObject {
  readonly [keyword: string]: unknown;
}

/** A part of a schema, with the way to it. */
export interface SchemaPart {
  readonly schema: JsonSchema;
  readonly path: string;
}

/** For what JSON Schema can say and a grammar cannot. */
export function unsupported(path: string, problem: string, hint?: string): MullamaError {
  return new MullamaError("SCHEMA_UNSUPPORTED", `The schema cannot be made into a grammar: ${path} ${problem}.`, {
    hint,
  });
}

/** For what is no JSON Schema. */
export function malformed(path: string, wanted: string, value: unknown): ArgumentError {
  return new ArgumentError(`schema ${path}`, wanted, value);
}

/** The keyword's value, of which `holds` says whether it has the right form. */
export function keyword<Value>(
  schema: JsonSchemaObject,
  name: string,
  path: string,
  wanted: string,
  holds: (value: unknown) => value is Value,
): Value | undefined {
  const value = schema[name];
  if (value === undefined || holds(value)) return value;
  throw malformed(`${path}/${name}`, wanted, value);
}

export function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function isString(value: unknown): value is string {
  return typeof value === "string";
}

export function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isString);
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function isRecord(value: unknown): value is JsonSchemaObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "boolean" || isRecord(value);
}

/** A part below another. */
export function below({ path }: SchemaPart, key: string | number, schema: unknown): SchemaPart {
  const at = `${path}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
  if (isSchema(schema)) return { schema, path: at };
  throw malformed(at, "a schema", schema);
}
