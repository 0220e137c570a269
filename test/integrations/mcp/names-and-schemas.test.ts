/** What servers call their tools, and what they ask of arguments. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { InMemoryTransport } from "@modelcontextprotocol/client";
import { fromJsonSchema, type JsonSchemaType, McpServer } from "@modelcontextprotocol/server";
import { load, type LoadedModel } from "../../../src/index.js";
import { type McpOptions, type McpTools, mcpTools } from "../../../src/integrations/mcp/index.js";
import { hasCode } from "../../support/has-code.js";
import { callByModel } from "../../support/mcp-call.js";
import { mcpTestServer } from "../../support/mcp-server.js";
import { tinyLlama } from "../../support/tiny-models.js";

type Schemas = Readonly<Record<string, JsonSchemaType>>;

/** Tools that return their arguments, from a server in this process. */
function echoes(schemas: Schemas, options: McpOptions = {}): Promise<McpTools> {
  const server = new McpServer({ name: "echo", version: "1" });
  for (const [name, schema] of Object.entries(schemas))
    server.registerTool(name, { inputSchema: fromJsonSchema(schema) }, (input) => ({
      content: [{ type: "text", text: JSON.stringify(input) }],
    }));
  return mcpTools({ transport: () => connected(server) }, options);
}

function connected(server: McpServer): InMemoryTransport {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  void server.connect(theirs);
  return ours;
}

const number: JsonSchemaType = { type: "object", properties: { n: { type: "integer", maximum: 9 } }, required: ["n"] };

describe("tools of an MCP server", () => {
  let model: LoadedModel;
  before(async () => {
    model = await load(tinyLlama({ contextSize: 32768 }).path, {
      threads: 1,
      contextSize: 32768,
      chatTemplate: "chatml",
    });
  });
  after(() => model.dispose());

  it("have names that models may call, each its own", async () => {
    const long = "very_".repeat(20);
    const named = ["get-weather", "a/b", "a:b", "天気", "dots.are.fine", `${long}one`, `${long}two`];
    await using mcp = await echoes(Object.fromEntries(named.map((name) => [name, number])), { prefix: "my " });
    const names = Object.keys(mcp.tools);
    assert.equal(new Set(names).size, named.length);
    for (const name of names) assert.match(name, /^[\w.-]{1,64}$/);
    assert.deepEqual([names[0], names[3], names[4]], ["my_get-weather", "my___", "my_dots.are.fine"]);
    assert.match(names[1] ?? "", /^my_a_b_[\da-f]{6}$/);
    await using again = await echoes(Object.fromEntries(named.map((name) => [name, number])), { prefix: "my " });
    assert.deepEqual(Object.keys(again.tools), names);
    for (const name of names) assert.equal((await callByModel(model, mcp.tools, name)).error, undefined, name);
  });

  it("may be many", async () => {
    await using mcp = await mcpTools({ transport: () => connected(mcpTestServer(50).server) });
    assert.ok(Object.keys(mcp.tools).length > 50);
    assert.match((await callByModel(model, mcp.tools, "tool_37")).text, /^37 \d$/);
  });

  it("are called without arguments where they have none", async () => {
    await using mcp = await echoes({ none: { type: "object" }, empty: { type: "object", properties: {} } });
    for (const name of ["none", "empty"]) assert.equal((await callByModel(model, mcp.tools, name)).text, "{}");
  });

  it("have schemas that are loosened as little as must be, and says so", async () => {
    const schema: JsonSchemaType = {
      type: "object",
      properties: {
        kind: { enum: ["a", "b"] },
        pattern: { type: "string", pattern: "^x{1,3}$" },
        if: { type: "integer", minimum: 3, maximum: 4 },
      },
      required: ["kind", "pattern", "if"],
      if: { properties: { kind: { const: "a" } } },
      else: { properties: { if: { const: 3 } } },
    };
    await using mcp = await echoes({ conditional: schema, plain: number });
    assert.deepEqual(
      mcp.list.map(({ loosened }) => loosened),
      [["if"], []],
    );
    const { call } = await callByModel(model, mcp.tools, "conditional");
    const given = call.arguments as Record<string, unknown>;
    assert.match(String(given["pattern"]), /^x{1,3}$/);
    assert.ok([3, 4].includes(Number(given["if"])));
    await assert.rejects(
      echoes({ conditional: schema }, { schemas: "error" }),
      hasCode("SCHEMA_UNSUPPORTED", /"conditional".*deny/s),
    );
  });

  it("are refused by name where their arguments cannot be written at all", async () => {
    const server = new McpServer({ name: "echo", version: "1" });
    const schema: JsonSchemaType = { type: "object", properties: { x: { $ref: "#/$defs/nowhere" } }, required: ["x"] };
    const inputSchema = {
      "~standard": {
        version: 1 as const,
        vendor: "test",
        validate: (value: unknown) => ({ value }),
        jsonSchema: { input: () => ({ ...schema }), output: () => ({ ...schema }) },
      },
    };
    server.registerTool("lost", { inputSchema }, () => ({ content: [] }));
    server.registerTool("fine", { inputSchema: fromJsonSchema(number) }, () => ({ content: [] }));
    await assert.rejects(
      mcpTools({ transport: () => connected(server) }),
      hasCode("SCHEMA_UNSUPPORTED", /"lost".*nowhere/s),
    );
    await server.close();
    await using mcp = await mcpTools({ transport: () => connected(server), deny: ["lost"] });
    assert.deepEqual(Object.keys(mcp.tools), ["fine"]);
  });
});
