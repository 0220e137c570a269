import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { MullamaServer } from "../../../src/server/index.js";
import { post, tinyServer } from "../../support/tiny-server.js";

const path = "/v1/chat/completions";
const hello = { model: "tiny", messages: [{ role: "user", content: "hello" }], max_tokens: 6, seed: 1 };

interface Completion {
  readonly id: string;
  readonly object: string;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly message: { readonly role: string; readonly content: string | null; readonly tool_calls?: ToolCalls };
    readonly finish_reason: string;
  }[];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number; readonly total_tokens: number };
}

type ToolCalls = readonly { readonly id: string; readonly function: { readonly name: string; arguments: string } }[];

interface Problem {
  readonly error: { readonly message: string; readonly type: string; readonly param: string; readonly code: string };
}

describe("chat completions", () => {
  let server: MullamaServer;
  before(async () => (server = await tinyServer()));
  after(() => server.dispose());

  async function complete(body: object): Promise<Completion> {
    const response = await post(server, path, { ...hello, ...body });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text) as Completion;
  }

  async function refuse(body: unknown, status = 400): Promise<Problem["error"]> {
    const response = await post(server, path, body);
    assert.equal(response.status, status);
    return ((await response.json()) as Problem).error;
  }

  it("answers, under the name that it was asked by", async () => {
    const { object, model, choices, usage } = await complete({ model: "gpt-tiny" });
    assert.deepEqual([object, model], ["chat.completion", "gpt-tiny"]);
    assert.equal(choices[0]?.message.role, "assistant");
    assert.equal(choices[0]?.finish_reason, "length");
    assert.equal(usage.completion_tokens, 6);
    assert.equal(usage.total_tokens, usage.prompt_tokens + 6);
  });

  it("gives as many answers as are wanted", async () => {
    const { choices, usage } = await complete({ n: 3, temperature: 1.5 });
    assert.deepEqual(
      choices.map(({ index }) => index),
      [0, 1, 2],
    );
    assert.ok(new Set(choices.map(({ message }) => message.content)).size > 1);
    assert.equal(usage.completion_tokens, 18);
  });

  it("reads every role, parts, and the answers of tools", async () => {
    const messages = [
      { role: "developer", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "What is " },
          { type: "text", text: "up?" },
        ],
        name: "ann",
      },
      { role: "assistant", content: null, tool_calls: [call("call_1", "look", '{"at":"sky"}')] },
      { role: "tool", tool_call_id: "call_1", content: "blue" },
    ];
    assert.equal((await complete({ messages })).choices.length, 1);
  });

  it("calls the tool that it must, with arguments that keep to the schema", async () => {
    const parameters = {
      type: "object",
      properties: { city: { enum: ["Oslo", "Rome"] }, days: { type: "integer", minimum: 1, maximum: 9 } },
      required: ["city", "days"],
      additionalProperties: false,
    };
    const tools = [{ type: "function", function: { name: "weather", parameters } }];
    const { choices } = await complete({ tools, tool_choice: "required", max_tokens: 200, parallel_tool_calls: false });
    const [choice] = choices;
    assert.equal(choice?.finish_reason, "tool_calls");
    assert.equal(choice.message.content, null);
    const [first] = choice.message.tool_calls ?? [];
    assert.equal(first?.function.name, "weather");
    const { city, days } = JSON.parse(first.function.arguments) as { city: string; days: number };
    assert.ok(["Oslo", "Rome"].includes(city) && days >= 1 && days <= 9);
  });

  it("writes JSON of a schema", async () => {
    const schema = {
      type: "object",
      properties: { ok: { type: "boolean" } },
      required: ["ok"],
      additionalProperties: false,
    };
    const format = { type: "json_schema", json_schema: { name: "verdict", strict: true, schema } };
    const { choices } = await complete({ response_format: format, max_tokens: 100 });
    assert.equal(typeof (JSON.parse(choices[0]?.message.content ?? "") as { ok: unknown }).ok, "boolean");
  });

  it("names what is wrong with a request", async () => {
    assert.equal((await refuse({ ...hello, messages: [{ role: "robot", content: "x" }] })).param, "messages.0.role");
    assert.equal((await refuse({ ...hello, temperature: "hot" })).param, "temperature");
    assert.equal((await refuse({ ...hello, temprature: 1 })).param, "temprature");
    assert.equal((await refuse({ ...hello, store: true })).param, "store");
    assert.equal((await refuse({ ...hello, tool_choice: "required" })).param, "tool_choice");
    assert.equal((await refuse({ ...hello, response_format: { type: "xml" } })).param, "response_format.type");
    const image = [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }];
    const { param, message } = await refuse({ ...hello, messages: [{ role: "user", content: image }] });
    assert.equal(param, "messages.0.content.0");
    assert.match(message, /reads text only/);
    assert.match((await refuse("{")).message, /not JSON/);
    assert.match((await refuse(`{"a":${"[".repeat(100)}${"]".repeat(100)}}`)).message, /deeper than 64/);
  });

  it("accepts what is harmless, and nulls", async () => {
    await complete({ user: "ann", store: false, metadata: { a: "b" }, service_tier: "auto", tools: null, stop: null });
  });

  it("knows no other model", async () => {
    const { code, type } = await refuse({ ...hello, model: "gpt-5" }, 404);
    assert.deepEqual([code, type], ["model_not_found", "invalid_request_error"]);
    assert.equal((await refuse({ ...hello, model: "/etc/passwd" }, 404)).code, "model_not_found");
  });

  it("says by how much a prompt is too long", async () => {
    const long = { ...hello, messages: [{ role: "user", content: "word ".repeat(3000) }] };
    const { code, message } = await refuse(long);
    assert.equal(code, "context_length_exceeded");
    assert.match(message, /\d{4,}/);
    const streamed = await post(server, path, { ...long, stream: true });
    assert.equal(streamed.status, 400);
  });

  it("streams what it would have answered at once", async () => {
    const whole = await complete({ temperature: 0 });
    const response = await post(server, path, {
      ...hello,
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    });
    assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
    const lines = (await response.text()).trim().split("\n\n");
    assert.equal(lines.at(-1), "data: [DONE]");
    const chunks = lines.slice(0, -1).map((line) => JSON.parse(line.slice("data: ".length)) as Chunk);
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
    assert.equal(text, whole.choices[0]?.message.content);
    assert.deepEqual(chunks[0]?.choices[0]?.delta, { role: "assistant", content: "", refusal: null });
    assert.equal(chunks.at(-2)?.choices[0]?.finish_reason, "length");
    assert.deepEqual(chunks.at(-1)?.choices, []);
    assert.equal(chunks.at(-1)?.usage?.completion_tokens, 6);
    assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
  });

  it("streams a call as it always did", async () => {
    const parameters = { type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"] };
    const response = await post(server, path, {
      ...hello,
      max_tokens: 200,
      stream: true,
      stream_options: { include_usage: true },
      tools: [
        { type: "function", function: { name: "judge", parameters: { ...parameters, additionalProperties: false } } },
      ],
      tool_choice: "required",
      parallel_tool_calls: false,
    });
    // Alike: what the model made up, ids and times; pieces of the same kind are one.
    const shapes = (await response.text())
      .trim()
      .split("\n\n")
      .map((event) =>
        event
          .replace(/"arguments":"(?:[^"\\]|\\.)+"/g, '"arguments":"…"')
          .replace(/"(?:chatcmpl-[\w-]+|[\w-]{9})"(?=,"(?:created|type))/g, '"ID"')
          .replace(/":\d+/g, '":0'),
      );
    assert.deepEqual([...new Set(shapes)], golden);
  });

  it("gives the model back when a stream is left", async () => {
    const response = await post(server, path, { ...hello, stream: true, max_tokens: 500, ignore_eos: true });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    assert.equal(server.services.pool.list()[0]?.users, 0);
    const { requests } = await server.services.pool.use("tiny", (model) => model.metrics());
    assert.equal(requests.running, 0);
  });
});

const head = '{"id":"ID","created":0,"model":"tiny","object":"chat.completion.chunk"';
const golden = [
  `data: ${head},"choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}`,
  `data: ${head},"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"ID","type":"function","function":{"name":"judge","arguments":""}}]},"logprobs":null,"finish_reason":null}],"usage":null}`,
  `data: ${head},"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"…"}}]},"logprobs":null,"finish_reason":null}],"usage":null}`,
  `data: ${head},"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"tool_calls"}],"usage":null}`,
  `data: ${head},"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}`,
  "data: [DONE]",
];

interface Chunk {
  readonly id: string;
  readonly choices: readonly { readonly delta: { readonly content?: string }; readonly finish_reason: string | null }[];
  readonly usage?: { readonly completion_tokens: number };
}

function call(id: string, name: string, text: string): object {
  return { id, type: "function", function: { name, arguments: text } };
}
