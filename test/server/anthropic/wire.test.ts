// What Anthropic's clients send beside what is said, and how they are refused.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import Anthropic, { APIError, AuthenticationError, BadRequestError, NotFoundError } from "@anthropic-ai/sdk";
import { createKey, type ListeningServer } from "../../../src/server/index.js";
import { thinkingServer } from "../../support/thinking-server.js";

const { key, sha256 } = createKey();
let server: ListeningServer;
let client: Anthropic;
before(async () => {
  server = await thinkingServer({ host: "child", keys: [{ name: "test", sha256 }] });
  client = new Anthropic({ baseURL: server.url, apiKey: key, maxRetries: 0 });
});
after(() => server.close());

const plain = {
  model: "tiny",
  messages: [{ role: "user" as const, content: "hello" }],
  max_tokens: 4,
  temperature: 0,
};

/** Posts what the client's types do not allow. */
function send(more: object): Promise<unknown> {
  return client.post("/v1/messages", { body: { ...plain, ...more } });
}

function refusal(problem: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof BadRequestError);
    assert.equal(error.type, "invalid_request_error");
    assert.match(error.message, problem);
    assert.match(error.requestID ?? "", /^req-/);
    return true;
  };
}

describe("Anthropic's client", () => {
  it("shows its key, and lists models in its own form", async () => {
    const ids = [];
    for await (const { id, type } of client.models.list()) ids.push(`${type} ${id}`);
    assert.deepEqual(ids, ["model tiny", "model thinker"]);
    assert.equal((await client.models.retrieve("tiny")).display_name, "tiny");
    await assert.rejects(client.models.retrieve("none"), NotFoundError);
    const stranger = new Anthropic({ baseURL: server.url, apiKey: "mk-wrong", maxRetries: 0 });
    await assert.rejects(stranger.models.list(), (error: unknown) => {
      assert.ok(error instanceof AuthenticationError);
      assert.equal(error.type, "authentication_error");
      return true;
    });
  });

  it("may send what a coding agent sends", async () => {
    const cache = { cache_control: { type: "ephemeral" as const } };
    const message = await client.beta.messages.create({
      ...plain,
      betas: ["claude-code-20250219", "never-heard-of-2026-01-01"],
      system: [
        { type: "text", text: "You are an agent.", ...cache },
        { type: "text", text: "Be brief.", ...cache },
      ],
      messages: [
        { role: "user", content: [{ type: "text", text: "One", ...cache }] },
        { role: "user", content: "Two" },
      ],
      tools: Array.from({ length: 12 }, (_, index) => ({
        name: `tool_${index}`,
        description: "A tool",
        input_schema: { type: "object" as const, properties: { path: { type: "string" } }, required: ["path"] },
        ...cache,
      })),
      tool_choice: { type: "none" },
      metadata: { user_id: "someone" },
      context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
    });
    assert.equal(message.usage.output_tokens, 4);
  });

  it("is told which field is not supported", async () => {
    await assert.rejects(send({ container: "x" }), refusal(/container: This field is not supported/));
    await assert.rejects(send({ temperature: 2 }), refusal(/temperature/));
    await assert.rejects(send({ max_tokens: undefined }), refusal(/max_tokens/));
    const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } };
    const messages = [{ role: "user", content: [{ type: "text", text: "a" }, image] }];
    await assert.rejects(send({ messages }), refusal(/messages\.0\.content\.1.*image.*read text only/));
    const search = { type: "web_search_20250305", name: "web_search" };
    await assert.rejects(send({ tools: [search] }), refusal(/tools\.0\.type: Tools that Anthropic defines/));
    await assert.rejects(send({ tool_choice: { type: "any" } }), refusal(/tool_choice: There are no tools/));
    await assert.rejects(
      send({ context_management: { edits: [{ type: "clear_tool_uses_20250919" }] } }),
      refusal(/edits\.0\.type/),
    );
  });

  it("learns that a prompt is too long before a stream begins", async () => {
    const messages = [{ role: "user" as const, content: "hello ".repeat(3000) }];
    await assert.rejects(client.messages.create({ ...plain, messages, stream: true }), refusal(/prompt is too long/));
  });

  it("reads documents of text", async () => {
    const document = {
      type: "document" as const,
      source: { type: "text" as const, media_type: "text/plain" as const, data: "sun" },
    };
    const { usage } = await client.messages.create({ ...plain, messages: [{ role: "user", content: [document] }] });
    assert.equal(usage.output_tokens, 4);
    const pdf = { ...document, source: { type: "base64", media_type: "application/pdf", data: "AA==" } };
    await assert.rejects(send({ messages: [{ role: "user", content: [pdf] }] }), refusal(/read text only/));
  });

  it("frees the model when it leaves a stream", async () => {
    const stream = client.messages.stream({ ...plain, model: "thinker", max_tokens: 3000, temperature: 1 });
    for await (const { type } of stream) if (type === "content_block_start") break;
    stream.abort();
    const { pool } = server.app.services;
    while (pool.list().some(({ users }) => users > 0)) await new Promise(setImmediate);
    const { requests } = await pool.use("thinker", (model) => model.metrics());
    assert.equal(requests.running, 0);
  });

  it("gets an error event in a stream whose model dies", async () => {
    const { pool } = server.app.services;
    const pid = await pool.use("thinker", async (model) => model.pid);
    const thinking = { type: "adaptive" as const };
    const stream = client.messages.stream({ ...plain, model: "thinker", max_tokens: 3000, temperature: 1, thinking });
    await assert.rejects(
      async () => {
        let killed = false;
        for await (const _ of stream) {
          if (!killed && pid !== undefined) process.kill(pid, "SIGKILL");
          killed = true;
        }
      },
      (error: unknown) => error instanceof APIError && error.type === "api_error",
    );
  });
});
