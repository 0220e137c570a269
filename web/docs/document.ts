/** The server's OpenAPI document, as far as this page reads it. */

export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

export type Content = Readonly<Record<string, { readonly schema?: Schema; readonly example?: unknown }>>;

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly tags: readonly string[];
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: Content }>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

interface OpenApi {
  readonly info: { readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, "method" | "path">>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Operation["responses"];
  };
}

export interface ApiDocument extends Omit<OpenApi, "paths"> {
  readonly operations: readonly Operation[];
}

/** Asks the server for it. */
export async function readDocument(): Promise<ApiDocument> {
  const response = await fetch(new URL("openapi.json", document.baseURI));
  const { paths, ...rest } = (await response.json()) as OpenApi;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
  return { ...rest, operations };
}

/** What a reference means. */
export function resolved<Value extends object>({ components }: ApiDocument, value: Value): Value {
  const path = "$ref" in value ? String(value.$ref) : "";
  const [kind = "", name = ""] = path.split("/").slice(2);
  const found = (components as unknown as Record<string, Record<string, Value>>)[kind]?.[name];
  return found ?? value;
}

/** The scope that a key needs for it. */
export function scopeOf({ security }: Operation): string {
  return security.flatMap((one) => Object.values(one).flat())[0] ?? "public";
}
