import { toJsonSchema } from "@langchain/core/utils/json_schema";
import { MullamaError } from "../../errors.js";
import type { JsonSchema } from "../../chat/schema/json-schema.js";

/**
 * A schema of zod, a Standard Schema or a JSON Schema, as JSON Schema.
 *
 * @throws {MullamaError} `SCHEMA_UNSUPPORTED` where its library cannot say it so
 */
export function jsonSchemaOf(schema: object): JsonSchema {
  try {
    return toJsonSchema(schema);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new MullamaError("SCHEMA_UNSUPPORTED", `The schema cannot be said as JSON Schema: ${words}`, {
      cause: error,
      hint: "Leave out what JSON Schema has no word for.",
    });
  }
}
