import { MullamaError } from "../../errors.js";
import { isRecord, type JsonSchemaObject } from "../../chat/schema/json-schema.js";
import { schemaToGrammar } from "../../chat/schema/schema-grammar.js";

/** Keywords that narrow what others say, so that what is valid with them is valid without; the most useful first. */
const narrowing = [
  "pattern",
  "format",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
  "propertyNames",
  "dependentRequired",
  "dependencies",
  "dependentSchemas",
  "contains",
  "minContains",
  "maxContains",
  "if",
  "then",
  "else",
  "not",
] as const;

/** A schema that there is a grammar of, and the keywords that were left out to that end. */
export interface UsableSchema {
  readonly schema: JsonSchemaObject;
  readonly loosened: readonly string[];
}

/**
 * Leaves as little out of a schema as must be.
 *
 * @throws {MullamaError} `SCHEMA_UNSUPPORTED` where even what is left has no grammar, or nothing may be left out
 */
export function usableSchema(schema: JsonSchemaObject, mayLoosen: boolean): UsableSchema {
  const problem = problemOf(schema);
  if (problem === undefined) return { schema, loosened: [] };
  let left = new Set<string>(narrowing);
  if (!mayLoosen || problemOf(without(schema, left)) !== undefined) throw problem;
  for (const keyword of narrowing) {
    const fewer = new Set([...left].filter((other) => other !== keyword));
    if (problemOf(without(schema, fewer)) === undefined) left = fewer;
  }
  return { schema: without(schema, left), loosened: [...left] };
}

function problemOf(schema: JsonSchemaObject): MullamaError | undefined {
  try {
    schemaToGrammar(schema);
    return undefined;
  } catch (error) {
    if (MullamaError.isInstance(error)) return error;
    throw error;
  }
}

const byName = new Set(["properties", "patternProperties", "$defs", "definitions"]);
const values = new Set(["const", "enum", "default", "examples"]);

/** The schema without keywords, wherever they stand; a property may be called as they are. */
function without(schema: JsonSchemaObject, keywords: ReadonlySet<string>): JsonSchemaObject {
  const kept = Object.entries(schema).filter(([key]) => !keywords.has(key));
  return Object.fromEntries(
    kept.map(([key, value]) => {
      if (values.has(key)) return [key, value];
      if (byName.has(key) && isRecord(value)) {
        return [key, Object.fromEntries(Object.entries(value).map(([name, one]) => [name, below(one, keywords)]))];
      }
      return [key, below(value, keywords)];
    }),
  );
}

function below(value: unknown, keywords: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => below(one, keywords));
  return isRecord(value) ? without(value, keywords) : value;
}
