/** Tools of MCP servers over HTTP, called by a model with random weights. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { load, type LoadedModel } from "../../../src/index.js";
import { mcpTools } from "../../../src/integrations/mcp/index.js";
import { hasCode } from "../../support/has-code.js";
import { callByModel } from "../../support/mcp-call.js";
import { newestHttp, sessionHttp, sseHttp } from "../../support/mcp-http.js";
import { tinyLlama } from "../../support/tiny-models.js";

async function until(log: readonly string[], line: string): Promise<void> {
  for (let tries = 0; tries < 500 && !log.includes(line); tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(log.includes(line), log.join());
}

describe("tools of an MCP server over HTTP", () => {
  let model: LoadedModel;
  before(async () => {
    model = await load(tinyLlama({ contextSize: 8192 }).path, {
      threads: 1,
      contextSize: 8192,
      chatTemplate: "chatml",
    });
  });
  after(() => model.dispose());

  for (const [way, serve] of [
    ["Streamable HTTP", newestHttp],
    ["Streamable HTTP with sessions", sessionHttp],
    ["SSE", sseHttp],
  ] as const) {
    it(`are called over ${way}, with headers`, async () => {
      await using served = await serve();
      await using mcp = await mcpTools({ url: served.url, headers: { Authorization: "Bearer mine" } });
      const { text, error } = await callByModel(model, mcp.tools, "double");
      assert.equal(error, undefined);
      assert.match(text, /^\{"doubled":\d+\}$/);
      assert.ok(served.log.some((line) => line.startsWith("double")));
      const requests = served.log.filter((line) => /^(GET|POST) /.test(line));
      assert.ok(requests.length > 0 && requests.every((line) => line.endsWith("Bearer mine")), requests.join());
    });

    it(`take too long over ${way}, and the server is told`, async () => {
      await using served = await serve();
      await using mcp = await mcpTools({ url: served.url }, { timeout: 100 });
      assert.ok(hasCode("DEADLINE_EXCEEDED")((await callByModel(model, mcp.tools, "hang")).error));
      await until(served.log, "cancelled");
    });
  }

  it("are cancelled with the answer", async () => {
    await using served = await sessionHttp();
    await using mcp = await mcpTools({ url: served.url });
    const cancelled = new AbortController();
    const chat = model.chat({ tools: mcp.tools, maxTokens: 200, temperature: 0, parallelToolCalls: false });
    const answered = chat.send("x", { toolChoice: { name: "hang" }, signal: cancelled.signal });
    const failed = assert.rejects(answered, { code: "ABORTED" });
    await until(served.log, "hang");
    cancelled.abort();
    await failed;
    await until(served.log, "cancelled");
    assert.equal(chat.history.length, 0);
    assert.equal((await callByModel(model, mcp.tools, "double")).error, undefined);
  });

  it("end their session", async () => {
    await using served = await sessionHttp();
    const mcp = await mcpTools({ url: served.url });
    await mcp.dispose();
    await mcp.dispose();
    assert.ok(
      served.log.some((line) => line.startsWith("DELETE")),
      served.log.join(),
    );
    await assert.rejects(mcp.refresh(), { code: "DISPOSED" });
    assert.ok(hasCode("DISPOSED")((await callByModel(model, mcp.tools, "double")).error));
  });

  it("say that nobody is there", async () => {
    const served = await sessionHttp();
    await using mcp = await mcpTools({ mcpServers: { web: { url: served.url } } });
    await served[Symbol.asyncDispose]();
    const { error } = await callByModel(model, mcp.tools, "web_double");
    assert.ok(hasCode("MCP_CONNECTION_FAILED", /"web"/)(error), String(error));
    await assert.rejects(mcp.refresh(), { code: "MCP_CONNECTION_FAILED" });
    assert.ok("web_double" in mcp.tools);
    await assert.rejects(mcpTools({ url: served.url }), { code: "MCP_CONNECTION_FAILED" });
  });
});
