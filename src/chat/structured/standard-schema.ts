/** Schemas of zod, valibot, arktype and others, and plain JSON Schemas, as one. */
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import { ArgumentError, MullamaError } from "../../errors.js";
import { isSchema, type JsonSchema, type JsonSchemaObject } from "../schema/json-schema.js";

/** What says what a value must be: a Standard Schema (of zod, valibot, arktype and others), or a JSON Schema. */
export type Schema<Output = unknown> = StandardSchemaV1<unknown, Output> | JsonSchemaObject;

/** The type of a schema's values; `unknown` for a plain JSON Schema, see {@link jsonSchema}. */
export type SchemaOutput<Given> = Given extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<Given> : unknown;

/** A value within its schema, or what is wrong with it. */
export type Validation<Output> = { readonly value: Output } | { readonly problem: string };

/** A schema that has been read. */
export interface ReadSchema<Output> {
  readonly json: JsonSchema;
  validate(value: unknown): Promise<Validation<Output>>;
}

/**
 * Gives a plain JSON Schema the type of its values.
 *
 * @example
 * const schema = jsonSchema<{ name: string }>({ type: "object", properties: { name: { type: "string" } }, required: ["name"] });
 */
export function jsonSchema<Output>(schema: JsonSchemaObject): StandardSchemaV1<unknown, Output> & StandardJSONSchemaV1 {
  const convert = (): Record<string, unknown> => schema;
  return {
    "~standard": {
      version: 1,
      vendor: "mullama",
      jsonSchema: { input: convert, output: convert },
      // A grammar has made the value, so it is valid.
      validate: (value) => ({ value: value as Output }),
    },
  };
}

/**
 * Reads a schema.
 *
 * @throws {ArgumentError} where it is none; {MullamaError} `SCHEMA_UNSUPPORTED` where its library cannot say it as JSON Schema
 */
export async function readSchema<Given extends Schema>(schema: Given): Promise<ReadSchema<SchemaOutput<Given>>> {
  type Output = SchemaOutput<Given>;
  if (!isStandard(schema)) {
    if (typeof schema !== "object" || !isSchema(schema))
      throw new ArgumentError("schema", "a Standard Schema (zod, valibot, arktype) or a JSON Schema", schema);
    return { json: schema, validate: (value) => Promise.resolve({ value: value as Output }) };
  }
  return {
    json: await standardJsonSchema(schema),
    validate: async (value) => {
      const result = await schema["~standard"].validate(value);
      if (result.issues === undefined) return { value: result.value as Output };
      return { problem: result.issues.map(tell).join("; ") };
    },
  };
}

function tell({ message, path = [] }: StandardSchemaV1.Issue): string {
  const way = path.map((step) => String(typeof step === "object" ? step.key : step)).join(".");
  return way === "" ? message : `${way}: ${message}`;
}

/** Arktype's schemas are functions. */
function isStandard(schema: unknown): schema is StandardSchemaV1 & Partial<StandardJSONSchemaV1> {
  return (typeof schema === "object" || typeof schema === "function") && schema !== null && "~standard" in schema;
}

async function standardJsonSchema(schema: StandardSchemaV1 & Partial<StandardJSONSchemaV1>): Promise<JsonSchema> {
  const { vendor } = schema["~standard"];
  const options = { target: "draft-2020-12" } as const;
  try {
    const own = (schema as StandardJSONSchemaV1)["~standard"].jsonSchema as StandardJSONSchemaV1.Converter | undefined;
    if (own !== undefined) return own.input(options);
    if (vendor === "valibot") {
      const { toStandardJsonSchema } = await import("@valibot/to-json-schema");
      return toStandardJsonSchema(schema as never)["~standard"].jsonSchema.input(options);
    }
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const missing = /Cannot find (package|module)/.test(words);
    throw new MullamaError("SCHEMA_UNSUPPORTED", `The schema of ${vendor} cannot be said as JSON Schema: ${words}`, {
      cause: error,
      hint: missing ? "Install @valibot/to-json-schema." : "Leave out what JSON Schema has no word for.",
    });
  }
  throw new MullamaError(
    "SCHEMA_UNSUPPORTED",
    `The schema library ${vendor} does not say how its schemas are JSON Schema.`,
    {
      hint: "Give a JSON Schema, through jsonSchema().",
    },
  );
}
