import { z } from "zod";
import type { ApiDescription, NamedSchema } from "./operation.js";

export type JsonSchema = Record<string, unknown>;

/** Where the document has a schema. */
export function refOf({ name }: NamedSchema): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** The schemas of all bodies by name, from those that the server checks by. */
export function componentSchemas(apis: readonly ApiDescription[]): Record<string, JsonSchema> {
  const read = apis.flatMap(({ operations }) =>
    operations.flatMap(({ body }) => (body === undefined || body === "binary" ? [] : [body])),
  );
  const told = apis.flatMap(({ operations, failure }) => [
    failure,
    ...operations.flatMap(({ answers }) =>
      Object.values(answers)
        .flatMap(({ json, events, lines }) => [json, events, lines])
        .filter((schema) => schema !== undefined),
    ),
  ]);
  return { ...jsonSchemas(read, "input"), ...jsonSchemas(told, "output") };
}

/** The fields of a query, each with its JSON schema. */
export function queryFields(query: z.ZodObject): readonly { name: string; required: boolean; schema: JsonSchema }[] {
  return Object.entries(query.shape).map(([name, field]) => {
    const { $schema: _schema, ...schema } = z.toJSONSchema(field, { io: "input" });
    return { name, required: !field.safeParse(undefined).success, schema };
  });
}

function jsonSchemas(named: readonly NamedSchema[], io: "input" | "output"): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const { name, schema } of named) if (registry.get(schema)?.id !== name) registry.add(schema, { id: name });
  const { schemas } = z.toJSONSchema(registry, {
    io,
    uri: (name) => `#/components/schemas/${name}`,
    unrepresentable: "any",
    override: ({ jsonSchema }) => withoutSafeBounds(jsonSchema),
  });
  const entries = Object.entries(schemas).map(
    ([name, { $schema: _schema, $id: _id, ...schema }]) => [name, schema] as const,
  );
  return Object.fromEntries(entries.toSorted(([one], [other]) => one.localeCompare(other)));
}

/** That an integer must be one that JavaScript can count to is nothing that a client has to read. */
function withoutSafeBounds(schema: JsonSchema): void {
  if (schema["minimum"] === Number.MIN_SAFE_INTEGER) delete schema["minimum"];
  if (schema["maximum"] === Number.MAX_SAFE_INTEGER) delete schema["maximum"];
}
