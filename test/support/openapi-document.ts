import assert from "node:assert/strict";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import ajvFormats from "ajv-formats";

export interface DocumentOperation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema?: { $ref?: string } }>> }>
  >;
}

/** `/openapi.json`, and its schemas, ready to validate with. */
export class OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>>;
  readonly #ajv = new Ajv2020({ strict: false, formats: { base64: true } });
  readonly #known = new Map<string, ValidateFunction>();

  readonly content: Readonly<Record<string, unknown>>;

  constructor(content: Readonly<Record<string, unknown>>) {
    this.content = content;
    this.paths = content["paths"] as OpenApiDocument["paths"];
    ajvFormats.default(this.#ajv);
    this.#ajv.addSchema({ ...content, $id: "document" });
  }

  /** Each operation as `GET /path`. */
  operations(): { readonly method: string; readonly path: string; readonly operation: DocumentOperation }[] {
    return Object.entries(this.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    );
  }

  /** Fails where a body is not what an operation says of a status and a type. */
  check(operation: DocumentOperation, status: number, type: string, body: unknown): void {
    const answer = operation.responses[status] ?? this.#failure(operation);
    const schema = answer.content?.[type]?.schema;
    assert.ok(schema?.$ref !== undefined, `nothing is said of ${status} ${type}`);
    const validate = this.#known.get(schema.$ref) ?? this.#ajv.compile({ $ref: `document${schema.$ref}` });
    this.#known.set(schema.$ref, validate);
    assert.ok(validate(body), `${JSON.stringify(body)} ${schema.$ref} ${JSON.stringify(validate.errors)}`);
  }

  #failure(operation: DocumentOperation): DocumentOperation["responses"][string] {
    const { $ref } = operation.responses["default"] as unknown as { $ref: string };
    const { responses } = this.content["components"] as { responses: DocumentOperation["responses"] };
    return responses[$ref.split("/").at(-1) ?? ""] ?? {};
  }
}
