// Anthropic's own client against a server that listens.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import type { ListeningServer } from "../../../src/server/index.js";
import { thinkingServer } from "../../support/thinking-server.js";

let server: ListeningServer;
let client: Anthropic;
before(async () => {
  server = await thinkingServer();
  client = new Anthropic({ baseURL: server.url, apiKey: "none", maxRetries: 0 });
});
after(() => server.close());

const question = { role: "user" as const, content: "hello" };
const plain = { model: "tiny", messages: [question], max_tokens: 8, temperature: 0 };
const schema = {
  type: "object" as const,
  properties: { city: { enum: ["Oslo", "Rome"] } },
  required: ["city"],
  additionalProperties: false,
};
const tools = [{ name: "weather", description: "The weather", input_schema: schema }];

/** The types of a stream's events, deltas by theirs, and the same one after another once. */
async function typesOf(stream: AsyncIterable<Anthropic.RawMessageStreamEvent>): Promise<string[]> {
  const types: string[] = [];
  for await (const event of stream) {
    const type = event.type === "content_block_delta" ? event.delta.type : event.type;
    if (types.at(-1) !== type) types.push(type);
  }
  return types;
}

describe("POST /v1/messages", () => {
  it("answers at once and as a stream, the same", async () => {
    const whole = await client.messages.create(plain);
    assert.equal(whole.type, "message");
    assert.equal(whole.role, "assistant");
    assert.equal(whole.stop_reason, "max_tokens");
    assert.equal(whole.usage.output_tokens, 8);
    const stream = client.messages.stream(plain);
    let text = "";
    stream.on("text", (delta) => (text += delta));
    const last = await stream.finalMessage();
    assert.deepEqual(last.content, whole.content);
    assert.deepEqual(whole.content, [{ type: "text", text, citations: null }]);
    const read = (usage: Anthropic.Usage): number => usage.input_tokens + (usage.cache_read_input_tokens ?? 0);
    assert.equal(read(last.usage), read(whole.usage));
    assert.ok((last.usage.cache_read_input_tokens ?? 0) > 0, "the second prompt was in the cache");
  });

  it("sends the events in Anthropic's order", async () => {
    const stream = await client.messages.create({ ...plain, stream: true });
    assert.deepEqual(await typesOf(stream), [
      "message_start",
      "content_block_start",
      "text_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    const called = client.messages.stream({
      ...plain,
      max_tokens: 200,
      tools,
      tool_choice: { type: "tool", name: "weather", disable_parallel_tool_use: true },
    });
    assert.deepEqual(await typesOf(called), [
      "message_start",
      "content_block_start",
      "input_json_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
  });

  it("calls tools, and goes on with what they answer", async () => {
    const request = { ...plain, max_tokens: 200, tools, tool_choice: { type: "any" as const } };
    const { content, stop_reason: reason } = await client.messages.create({
      ...request,
      tool_choice: { type: "any", disable_parallel_tool_use: true },
    });
    assert.equal(reason, "tool_use");
    const [call] = content;
    assert.ok(content.length === 1 && call?.type === "tool_use" && call.name === "weather");
    assert.ok(["Oslo", "Rome"].includes((call.input as { city: string }).city));
    const streamed = await client.messages
      .stream({ ...request, tool_choice: { type: "tool", name: "weather", disable_parallel_tool_use: true } })
      .finalMessage();
    assert.ok(streamed.content[0]?.type === "tool_use");
    assert.deepEqual(Object.keys(streamed.content[0].input as object), ["city"]);
    const next = await client.messages.create({
      ...plain,
      tools,
      tool_choice: { type: "none" },
      messages: [
        question,
        { role: "assistant", content },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: call.id, content: [{ type: "text", text: "sun" }], is_error: false },
            { type: "text", text: "Well?" },
          ],
        },
      ],
    });
    assert.equal(next.content[0]?.type, "text");
  });

  it("does not give a call that was cut off for one to run", async () => {
    const request = { ...plain, tools, tool_choice: { type: "any" as const } };
    const calls = await client.messages.create({ ...request, max_tokens: 400 });
    const whole = calls.content.filter(({ type }) => type === "tool_use");
    assert.ok(whole.length > 1, "it calls several times");
    const half = Math.floor((calls.usage.output_tokens / whole.length) * 1.5);
    const cut = await client.messages.create({ ...request, max_tokens: half });
    assert.equal(cut.stop_reason, "max_tokens");
    assert.deepEqual(
      cut.content.map(({ type }) => type),
      ["tool_use"],
    );
    const stopped = await client.messages.stream({ ...request, max_tokens: half }).finalMessage();
    assert.equal(stopped.stop_reason, "max_tokens");
  });

  it("keeps to a schema", async () => {
    const { content } = await client.messages.create({
      ...plain,
      max_tokens: 100,
      output_config: { format: { type: "json_schema", schema } },
    });
    assert.ok(content[0]?.type === "text");
    assert.ok(["Oslo", "Rome"].includes((JSON.parse(content[0].text) as { city: string }).city));
  });

  it("goes on with an answer that was begun, without telling its beginning again", async () => {
    const messages = [question, { role: "assistant" as const, content: "world" }];
    const { content } = await client.messages.create({ ...plain, messages });
    const streamed = await client.messages.stream({ ...plain, messages }).finalMessage();
    assert.deepEqual(streamed.content, content);
    const own = await server.app.services.pool.use(
      "tiny",
      (model) => model.respond([question], { prefill: "world", maxTokens: 8, temperature: 0 }).result,
    );
    assert.ok(content[0]?.type === "text");
    assert.equal(`world${content[0].text}`, own.text);
    await assert.rejects(
      client.messages.create({ ...plain, messages: [question, { role: "assistant", content: "a " }] }),
      { status: 400 },
    );
  });

  it("ends at a stop sequence, and tells which", async () => {
    const { content } = await client.messages.create({ ...plain, max_tokens: 30 });
    assert.ok(content[0]?.type === "text");
    const stop = content[0].text.slice(4, 6);
    const stopped = await client.messages.create({ ...plain, max_tokens: 30, stop_sequences: [stop] });
    assert.equal(stopped.stop_reason, "stop_sequence");
    assert.equal(stopped.stop_sequence, stop);
  });

  it("tells that the context is full", async () => {
    const messages = [{ role: "user" as const, content: "hello ".repeat(20) }];
    const ask = { ...plain, messages, max_tokens: 5000 };
    const answer = await client.messages.create(ask);
    const { input_tokens: read, cache_read_input_tokens: cached, output_tokens: written } = answer.usage;
    assert.ok(read + (cached ?? 0) + written >= 1023, JSON.stringify(answer.usage));
    assert.equal(answer.stop_reason, "model_context_window_exceeded");
  });
});

describe("thoughts", () => {
  const request = { ...plain, model: "thinker", max_tokens: 40, temperature: 1 };

  it("come in blocks of their own, within a budget, and can be sent back", async () => {
    const thinking = { type: "enabled" as const, budget_tokens: 8 };
    const stream = client.messages.stream({ ...request, thinking });
    const types = await typesOf(stream);
    assert.deepEqual(types.slice(0, 5), [
      "message_start",
      "content_block_start",
      "thinking_delta",
      "signature_delta",
      "content_block_stop",
    ]);
    const { content } = await stream.finalMessage();
    const [thought, text] = content;
    assert.ok(thought?.type === "thinking" && thought.thinking !== "" && thought.signature !== "");
    assert.equal(text?.type, "text");
    const messages = [question, { role: "assistant" as const, content }, question];
    const next = await client.messages.create({ ...request, messages, thinking });
    assert.equal(next.content[0]?.type, "thinking");
  });

  it("are left out, or not thought, where nobody wants them", async () => {
    const { content } = await client.messages.create(request);
    assert.ok(content.every(({ type }) => type === "text"));
    const omitted = await client.messages.create({ ...request, thinking: { type: "adaptive", display: "omitted" } });
    assert.ok(omitted.content[0]?.type === "thinking" && omitted.content[0].thinking === "");
  });
});

describe("POST /v1/messages/count_tokens", () => {
  it("counts what an answer's usage says", async () => {
    const { max_tokens: _most, temperature: _temperature, ...prompt } = plain;
    const request = { ...prompt, tools, system: [{ type: "text" as const, text: "Be brief." }] };
    const { input_tokens: counted } = await client.messages.countTokens(request);
    const { usage } = await client.messages.create({ ...plain, ...request });
    assert.equal(counted, usage.input_tokens + (usage.cache_read_input_tokens ?? 0));
  });
});
