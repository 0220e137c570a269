// The document that describes the server, and whether the server keeps to it.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { ModelStore } from "../../../src/models/index.js";
import { composeApp } from "../../../src/server/app.js";
import { createKey, createServer, type MullamaServer } from "../../../src/server/index.js";
import { apis } from "../../../src/server/openapi/apis.js";
import { FakeRegistry } from "../../support/http-registry.js";
import { type DocumentOperation, OpenApiDocument } from "../../support/openapi-document.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { tinyBert, tinyLlama, tinyLora, tinyReranker } from "../../support/tiny-models.js";
import { chatTemplate } from "../../support/tiny-server.js";

const home = temporaryFolder();
const model = tinyLlama({ vocab: "bpe" });
const bytes = readFileSync(model.path);
const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const small = { model: model.path, contextSize: 512, parallel: 1, chatTemplate };

/** Addresses of paths with parameters, and of those that want a query where there are several models. */
const addresses: Readonly<Record<string, string>> = {
  "/v1/models/{id}": "/v1/models/smollm2:135m",
  "/api/blobs/{digest}": `/api/blobs/${digest}`,
  "/ui/{name}": "/ui/icon.svg",
  "/props": "/props?model=smollm2:135m",
  "/slots": "/slots?model=smollm2:135m",
  "/slots/{id}": "/slots/0?action=save&model=smollm2:135m",
  "/lora-adapters": "/lora-adapters?model=smollm2:135m",
};

/** What is refused whatever is said. */
const refused = new Set(["POST /props"]);

interface RequestSchema {
  readonly properties?: Readonly<Record<string, { readonly description?: string }>>;
}

let registry: FakeRegistry;
let server: MullamaServer;
let document: OpenApiDocument;

before(async () => {
  registry = await FakeRegistry.start();
  process.env["MULLAMA_OLLAMA_REGISTRY"] = `http://${registry.host}`;
  const store = new ModelStore(home);
  for (const name of ["smollm2:135m", "me/mine:v1"]) await store.create(name, { from: model.path });
  server = await createServer({
    host: "inline",
    checkAnswers: true,
    load: { home, threads: 1 },
    slotSavePath: temporaryFolder(),
    models: {
      "smollm2:135m": { ...small, loraAdapters: [{ path: tinyLora(model) }] },
      "qwen2.5-coder:0.5b": small,
      "nomic-embed-text": { model: tinyBert().path },
      "bge-reranker-v2-m3": { model: tinyReranker().path },
    },
  });
  const response = await server.fetch(new Request("http://localhost/openapi.json"));
  assert.equal(response.headers.get("content-type"), "application/json");
  document = new OpenApiDocument((await response.json()) as Readonly<Record<string, unknown>>);
});
after(async () => {
  await server.dispose();
  await registry[Symbol.asyncDispose]();
});

function ask(method: string, path: string, body?: unknown): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  const sent = body instanceof Uint8Array ? body : JSON.stringify(body);
  return server.fetch(
    new Request(`http://localhost${addresses[path] ?? path}`, {
      method,
      ...(body === undefined ? {} : { headers, body: sent }),
    }),
  );
}

/** Reads an answer, and checks each part of it. @returns how many there were */
async function checked(operation: DocumentOperation, response: Response): Promise<number> {
  const [type = ""] = (response.headers.get("content-type") ?? "").split(";");
  const text = await response.text();
  if (type === "application/json") document.check(operation, response.status, type, JSON.parse(text));
  const pieces =
    type === "text/event-stream" ? events(text) : type === "application/x-ndjson" ? text.trim().split("\n") : [];
  for (const piece of pieces) document.check(operation, response.status, type, JSON.parse(piece));
  return pieces.length;
}

function events(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const data = line.startsWith("data: ") ? line.slice("data: ".length) : "";
    return data === "" || data === "[DONE]" ? [] : [data];
  });
}

describe("the document of the server", () => {
  it("is valid OpenAPI 3.1, and calls no two things alike", async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document.content));
    assert.ok(valid, JSON.stringify(errors));
    const ids = document.operations().map(({ operation }) => (operation as { operationId?: string }).operationId);
    assert.equal(new Set(ids).size, ids.length);
    const schemas = new Map<string, unknown>();
    for (const { failure, operations } of apis) {
      const bodies = operations.flatMap(({ body, answers }) => [
        ...(body === undefined || body === "binary" ? [] : [body]),
        ...Object.values(answers).flatMap(({ json, events: data, lines }) => [json, data, lines]),
      ]);
      for (const named of [failure, ...bodies]) {
        if (named === undefined) continue;
        assert.equal(schemas.get(named.name) ?? named.schema, named.schema, named.name);
        schemas.set(named.name, named.schema);
      }
    }
  });

  it("has every route of the server, and no other", () => {
    const routes = composeApp(server.services)
      .routes.filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(\{[^}]*\})?/g, "{$1}")}`);
    // Hono answers HEAD by GET.
    const described = document.operations().map(({ method, path }) => `${method.replace("HEAD", "GET")} ${path}`);
    assert.deepEqual(described.sort(), [...new Set(routes)].sort());
  });

  it("says what each field of a request is for", () => {
    const { schemas } = document.content["components"] as { schemas: Record<string, RequestSchema> };
    const silent = apis.flatMap(({ operations }) =>
      operations.flatMap(({ body }) => {
        if (body === undefined || body === "binary") return [];
        const { properties = {} } = schemas[body.name] ?? {};
        const fields = Object.entries(properties).filter(([, { description = "" }]) => description === "");
        return fields.map(([field]) => `${body.name}.${field}`);
      }),
    );
    assert.deepEqual([...new Set(silent)], []);
  });

  it("is for everyone, with keys or without, and is the same", async () => {
    const { sha256 } = createKey();
    await using other = await createServer({ store: false, keys: [{ name: "me", sha256 }] });
    const response = await other.fetch(new Request("http://localhost/openapi.json"));
    assert.deepEqual(await response.json(), document.content);
  });

  it("has examples that work, and says what comes back", async () => {
    for (const { method, path, operation } of document.operations()) {
      const asked = `${method} ${path}`;
      if (path === "/models/sse") continue;
      const content = operation.requestBody?.content ?? {};
      const binary = "application/octet-stream" in content;
      const example = binary ? bytes : content["application/json"]?.example;
      const response = await ask(method, path, example);
      const wanted = refused.has(asked) ? [501] : asked === "HEAD /api/blobs/{digest}" ? [200] : [200, 201, 302];
      assert.ok(wanted.includes(response.status), `${asked}: ${response.status} ${await response.clone().text()}`);
      await checked(operation, response);
      if (operation.responses[200]?.content?.["application/json"] === undefined) continue;
      for (const type of ["text/event-stream", "application/x-ndjson"]) {
        if (operation.responses[200].content[type] === undefined) continue;
        const stream = type === "text/event-stream";
        const other = await ask(method, path, { ...(example as object), stream });
        assert.ok(stream === (await checked(operation, other)) > 0, asked);
      }
    }
  });

  it("says what failures look like", async () => {
    for (const { method, path, operation } of document.operations()) {
      if (operation.requestBody?.content["application/json"] === undefined) continue;
      const response = await ask(method, path, { nonsense: 1 });
      assert.equal(response.status, 400, path);
      await checked(operation, response);
    }
  });

  it("describes the events of models", async () => {
    const operation = document.paths["/models/sse"]?.["get"];
    assert.ok(operation !== undefined);
    const reader = (await ask("GET", "/models/sse")).body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    for (const data of events(new TextDecoder().decode(value)))
      document.check(operation, 200, "text/event-stream", JSON.parse(data));
    await reader?.cancel();
  });
});
