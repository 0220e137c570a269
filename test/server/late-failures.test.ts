// What fails when a stream has only shown a sign of life: each dialect tells of it in its own words, and ends.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { MullamaServer } from "../../src/server/index.js";
import { tinyLlama } from "../support/tiny-models.js";
import { post, tinyServer } from "../support/tiny-server.js";

describe("a failure behind a heartbeat", () => {
  let server: MullamaServer;
  const stop = new AbortController();
  before(async () => {
    // One answer at a time, and somebody else's takes long.
    const tiny = { model: tinyLlama({ contextSize: 32768 }).path, contextSize: 32768, parallel: 1, threads: 1 };
    server = await tinyServer({ host: "worker", heartbeat: 20, requestTimeout: 300, models: { tiny } });
    const long = { ignoreEos: true, maxTokens: 32000, signal: stop.signal };
    void server.services.pool.use("tiny", (model) => model.generate("x", long)).catch(() => undefined);
    await server.services.pool.use("tiny", async (model) => {
      while ((await model.metrics()).requests.running === 0);
    });
  });
  after(async () => {
    stop.abort();
    await server.dispose();
  });

  const messages = [{ role: "user", content: "hello" }];
  const said = { model: "tiny", stream: true };
  const comments = /^(: still working\n\n)+/;

  /** The text of a stream behind its signs of life. */
  async function told(path: string, body: object, signs: RegExp): Promise<string> {
    const response = await post(server, path, { ...said, ...body });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    assert.match(text, signs);
    return text.replace(signs, "");
  }

  for (const [path, body] of [
    ["/v1/chat/completions", { messages }],
    ["/v1/completions", { prompt: "hello" }],
    ["/completion", { prompt: "hello" }],
  ] as const) {
    it(`is an event with an error of ${path}`, async () => {
      assert.match(await told(path, body, comments), /^data: \{"error":\{[^\n]*\}\}\n\n$/);
    });
  }

  it("is a failed response of /v1/responses", async () => {
    const text = await told("/v1/responses", { input: "hello" }, comments);
    assert.match(text, /^event: response\.failed\ndata: [^\n]*"status":"failed"[^\n]*\n\n$/);
  });

  it("is an event error of /v1/messages", async () => {
    const pings = /^(event: ping\ndata: \{"type":"ping"\}\n\n)+/;
    const text = await told("/v1/messages", { messages, max_tokens: 4 }, pings);
    assert.match(text, /^event: error\ndata: \{"type":"error","error":\{"type":"timeout_error"[^\n]*\n\n$/);
  });

  it("is an answer of its own where nothing was sent", async () => {
    const response = await post(server, "/api/chat", { ...said, messages });
    assert.equal(response.status, 504);
  });
});
