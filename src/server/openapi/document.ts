import { packageVersion } from "../../package-version.js";
import { scopeOf } from "../auth/route-scope.js";
import type { Answer, ApiDescription, Operation } from "./operation.js";
import { componentSchemas, type JsonSchema, queryFields, refOf } from "./schemas.js";

const says = `Models on one's own machine, for clients of OpenAI, Anthropic, Ollama and llama.cpp's server.

A field of a request that is \`null\` counts as left out. Every answer has the header \`X-Request-Id\`. Where the server has
keys, each operation's security names the scope that a key needs; \`admin\` is enough for all.`;

/** The server's description in OpenAPI 3.1. It is the same for everyone, and tells neither of models nor of keys. */
export function openApiDocument(apis: readonly ApiDescription[]): JsonSchema {
  const paths: Record<string, JsonSchema> = {};
  for (const api of apis)
    for (const operation of api.operations)
      paths[operation.path] = { ...paths[operation.path], [operation.method]: writeOperation(api, operation) };
  return {
    openapi: "3.1.1",
    info: {
      title: "mullama",
      version: packageVersion(),
      description: says,
      license: { name: "MIT", identifier: "MIT" },
    },
    tags: apis.map(({ name, says: description }) => ({ name, description })),
    paths,
    components: {
      schemas: componentSchemas(apis),
      responses: Object.fromEntries(apis.map((api) => [`${api.name}-failure`, failureOf(api)])),
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
      },
    },
  };
}

function writeOperation({ name }: ApiDescription, operation: Operation): JsonSchema {
  const { method, path, summary, details, query, body, answers } = operation;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => ({
    name: parameter,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const inQuery = query === undefined ? [] : queryFields(query).map((field) => ({ ...field, in: "query" }));
  const parameters = [...inPath, ...inQuery];
  const scope = scopeOf(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, "x"));
  return {
    tags: [name],
    operationId: idOf(operation),
    summary,
    ...(details === undefined ? {} : { description: details }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: requestContent(body) } }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, writeAnswer(answer)])),
      default: { $ref: `#/components/responses/${name}-failure` },
    },
    security: scope === "public" ? [] : [{}, { bearer: [scope] }, { apiKey: [scope] }],
  };
}

/** Such as `postV1ChatCompletions`; of a folder `getUiIndex`. */
function idOf({ method, path }: Operation): string {
  const words = path.replace(/\/$/, "/index").match(/[A-Za-z0-9]+/g) ?? [];
  return method + words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
}

function requestContent(body: NonNullable<Operation["body"]>): JsonSchema {
  if (body === "binary") return { "application/octet-stream": {} };
  return { "application/json": { schema: refOf(body), example: body.example } };
}

function writeAnswer({ says: description, json, events, lines, type }: Answer): JsonSchema {
  const content = {
    ...(json === undefined ? {} : { "application/json": { schema: refOf(json) } }),
    ...(events === undefined ? {} : { "text/event-stream": { schema: refOf(events) } }),
    ...(lines === undefined ? {} : { "application/x-ndjson": { schema: refOf(lines) } }),
    ...(type === undefined ? {} : { [type]: {} }),
  };
  return { description, ...(Object.keys(content).length === 0 ? {} : { content }) };
}

function failureOf({ failure }: ApiDescription): JsonSchema {
  const seconds = { schema: { type: "integer" }, description: "Seconds, where it helps to try again." };
  const never = { schema: { const: "false" }, description: "Where it does not help: what has no room now." };
  return {
    description: `It failed: 400 for what is wrong in the request, 401 without a key, 403 without the right, 404 for what there is not, 413 for too much, 429 for too many requests, 503 while there is no room, 504 where time was up. In a stream that has begun, the last event tells of it.`,
    headers: { "Retry-After": seconds, "X-Should-Retry": never },
    content: { "application/json": { schema: refOf(failure) } },
  };
}
