// OpenAI's own client of the Responses API against a server that listens.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import OpenAI from "openai";
import type { ListeningServer } from "../../../src/server/index.js";
import { thinkingServer } from "../../support/thinking-server.js";

let server: ListeningServer;
let client: OpenAI;
before(async () => {
  server = await thinkingServer({ host: "child" });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
});
after(() => server.close());

const plain = { model: "tiny", input: "hello", max_output_tokens: 8, temperature: 0 };
const schema = {
  type: "object",
  properties: { city: { enum: ["Oslo", "Rome"] } },
  required: ["city"],
  additionalProperties: false,
};
const tools = [
  { type: "function" as const, name: "weather", description: "The weather", parameters: schema, strict: true },
];
const forced = { ...plain, max_output_tokens: 200, tools, parallel_tool_calls: false };

describe("POST /v1/responses", () => {
  it("answers at once and as a stream, the same", async () => {
    const whole = await client.responses.create(plain);
    assert.equal(whole.status, "incomplete");
    assert.equal(whole.incomplete_details?.reason, "max_output_tokens");
    assert.equal(whole.usage?.output_tokens, 8);
    const stream = client.responses.stream(plain);
    const types: string[] = [];
    let number = 0;
    for await (const event of stream) {
      assert.equal(event.sequence_number, number++);
      if (types.at(-1) !== event.type) types.push(event.type);
    }
    assert.deepEqual(types, [
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.incomplete",
    ]);
    let text = "";
    for await (const event of await client.responses.create({ ...plain, stream: true }))
      if (event.type === "response.output_text.delta") text += event.delta;
    assert.equal(text, whole.output_text);
  });

  it("calls functions, and goes on with what they give", async () => {
    const { output, status } = await client.responses.create({ ...forced, tool_choice: "required" });
    assert.equal(status, "completed");
    const [call] = output;
    assert.ok(output.length === 1 && call?.type === "function_call" && call.name === "weather");
    assert.ok(["Oslo", "Rome"].includes((JSON.parse(call.arguments) as { city: string }).city));
    const named = { type: "function" as const, name: "weather" };
    const streamed = await client.responses.stream({ ...forced, tool_choice: named }).finalResponse();
    assert.ok(streamed.output[0]?.type === "function_call");
    assert.deepEqual(Object.keys(JSON.parse(streamed.output[0].arguments) as object), ["city"]);
    const next = await client.responses.create({
      ...plain,
      tools,
      tool_choice: "none",
      input: [
        { role: "user", content: "hello" },
        call,
        { type: "function_call_output", call_id: call.call_id, output: "sun" },
      ],
    });
    assert.equal(next.output[0]?.type, "message");
  });

  it("keeps to a schema", async () => {
    const { output_parsed: place } = await client.responses.parse({
      ...plain,
      max_output_tokens: 100,
      text: { format: { type: "json_schema", name: "place", strict: true, schema } },
    });
    assert.ok(["Oslo", "Rome"].includes((place as { city: string } | null)?.city ?? ""));
  });

  it("gives thoughts as items of their own", async () => {
    const ask = { ...plain, model: "thinker", temperature: 1, max_output_tokens: 20 };
    const { output, usage } = await client.responses.create({ ...ask, reasoning: { effort: "low" } });
    assert.ok(output[0]?.type === "reasoning" && output[0].content?.[0]?.text !== "");
    assert.equal(usage?.output_tokens_details.reasoning_tokens, 20);
    const off = await client.responses.create({ ...ask, reasoning: { effort: "none" } });
    assert.equal(off.output[0]?.type, "message");
  });

  it("counts what an answer's usage says", async () => {
    const prompt = { model: "tiny", input: "hello", instructions: "Be brief.", tools };
    const { input_tokens: counted } = await client.responses.inputTokens.count(prompt);
    const { usage } = await client.responses.create({ ...plain, ...prompt });
    assert.equal(counted, usage?.input_tokens);
  });

  it("refuses what it does not do, with its name", async () => {
    const refused = async (more: object, param: string): Promise<void> => {
      await assert.rejects(client.responses.create({ ...plain, ...more }), { status: 400, param });
    };
    await refused({ previous_response_id: "resp_1" }, "previous_response_id");
    await refused({ store: true }, "store");
    await refused({ truncation: "auto" }, "truncation");
    await refused({ tools: [{ type: "web_search" }] }, "tools.0.type");
    const image = { type: "input_image", image_url: "data:" };
    await refused({ input: [{ role: "user", content: [image] }] }, "input.0.content.0.type");
    await refused({ input: [{ type: "item_reference", id: "x" }] }, "input.0.type");
  });

  it("tells of a function call that was cut off", async () => {
    const request = { ...plain, tools, tool_choice: "required" as const };
    const calls = await client.responses.create({ ...request, max_output_tokens: 400 });
    const half = Math.floor(((calls.usage?.output_tokens ?? 0) / calls.output.length) * 1.5);
    const { status, output } = await client.responses.create({ ...request, max_output_tokens: half });
    assert.equal(status, "incomplete");
    assert.deepEqual(
      output.map((item) => item.type === "function_call" && item.status),
      ["completed", "incomplete"],
    );
  });

  const endless = { ...plain, model: "thinker", max_output_tokens: 3000, temperature: 1 };

  it("frees the model when its client leaves a stream", async () => {
    for await (const _ of await client.responses.create({ ...endless, stream: true })) break;
    const { pool } = server.app.services;
    while (pool.list().some(({ users }) => users > 0)) await new Promise(setImmediate);
    assert.equal((await pool.use("thinker", (model) => model.metrics())).requests.running, 0);
  });

  it("fails in a stream whose model dies", async () => {
    const { pool } = server.app.services;
    const pid = await pool.use("thinker", async (model) => model.pid);
    let last: OpenAI.Responses.ResponseStreamEvent | undefined;
    for await (const event of await client.responses.create({ ...endless, stream: true })) {
      if (event.type === "response.created" && pid !== undefined) process.kill(pid, "SIGKILL");
      last = event;
    }
    assert.ok(last?.type === "response.failed" && last.response.error?.code === "server_error");
  });
});
