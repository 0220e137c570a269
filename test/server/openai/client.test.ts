// OpenAI's own client against a server that listens, with a model in a process of its own.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import OpenAI, { APIUserAbortError, AuthenticationError, BadRequestError, NotFoundError } from "openai";
import { createKey, type ListeningServer, serve } from "../../../src/server/index.js";
import { hasCode } from "../../support/has-code.js";
import { tinyBert, tinyLlama } from "../../support/tiny-models.js";
import { chatTemplate } from "../../support/tiny-server.js";

const { key, sha256 } = createKey();
const messages = [{ role: "user" as const, content: "hello" }];
const schema = {
  type: "object",
  properties: { city: { enum: ["Oslo", "Rome"] } },
  required: ["city"],
  additionalProperties: false,
};

describe("OpenAI's client", () => {
  let server: ListeningServer;
  let client: OpenAI;
  before(async () => {
    server = await serve({
      port: 0,
      store: false,
      keys: [{ name: "test", sha256 }],
      models: {
        tiny: { model: tinyLlama().path, contextSize: 1024, threads: 1, chatTemplate },
        bert: { model: tinyBert().path, threads: 1 },
      },
    });
    client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: key, maxRetries: 0 });
  });
  after(() => server.close());

  it("lists models, and gets one", async () => {
    const ids = [];
    for await (const { id } of client.models.list()) ids.push(id);
    assert.deepEqual(ids, ["tiny", "bert"]);
    assert.equal((await client.models.retrieve("tiny")).object, "model");
    await assert.rejects(client.models.retrieve("org/none"), NotFoundError);
  });

  it("chats, at once and as a stream", async () => {
    const request = { model: "tiny", messages, max_tokens: 8, temperature: 0 };
    const whole = await client.chat.completions.create(request);
    const stream = await client.chat.completions.create({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let tokens: number | undefined;
    for await (const { choices, usage } of stream) {
      text += choices[0]?.delta.content ?? "";
      tokens = usage?.completion_tokens;
    }
    assert.equal(text, whole.choices[0]?.message.content);
    assert.equal(tokens, 8);
  });

  it("calls tools, and puts together the call that comes in pieces", async () => {
    const runner = client.chat.completions.stream({
      model: "tiny",
      messages,
      max_tokens: 200,
      seed: 1,
      tools: [{ type: "function", function: { name: "weather", parameters: schema } }],
      tool_choice: { type: "function", function: { name: "weather" } },
      parallel_tool_calls: false,
    });
    const { choices } = await runner.finalChatCompletion();
    const call = choices[0]?.message.tool_calls?.[0];
    assert.ok(call?.type === "function" && call.function.name === "weather");
    assert.ok(["Oslo", "Rome"].includes((JSON.parse(call.function.arguments) as { city: string }).city));
    assert.equal(choices[0]?.finish_reason, "tool_calls");
  });

  it("gets a value that keeps to its schema", async () => {
    const { choices } = await client.chat.completions.parse({
      model: "tiny",
      messages,
      max_tokens: 100,
      response_format: { type: "json_schema", json_schema: { name: "place", strict: true, schema } },
    });
    assert.ok(["Oslo", "Rome"].includes((choices[0]?.message.parsed as { city: string } | null)?.city ?? ""));
  });

  it("reads log-probabilities, in a stream the same as at once", async () => {
    const request = { model: "tiny", messages, max_tokens: 6, temperature: 0, logprobs: true, top_logprobs: 3 };
    const { choices } = await client.chat.completions.create(request);
    const content = choices[0]?.logprobs?.content ?? [];
    assert.equal(content.length, 6);
    for (const { token, logprob, bytes, top_logprobs: top } of content) {
      assert.ok(logprob <= 0);
      assert.equal(top.length, 3);
      assert.equal(top[0]?.token, token);
      assert.equal(new TextDecoder().decode(Uint8Array.from(bytes ?? [])), token);
    }
    const tokens: string[] = [];
    for await (const chunk of await client.chat.completions.create({ ...request, stream: true }))
      tokens.push(...(chunk.choices[0]?.logprobs?.content ?? []).map(({ token }) => token));
    assert.deepEqual(
      tokens,
      content.map(({ token }) => token),
    );
  });

  it("completes texts and tokens, several at a time", async () => {
    const request = { model: "tiny", prompt: ["hello", "hello world"], max_tokens: 4, temperature: 0, echo: true };
    const { choices, usage } = await client.completions.create(request);
    assert.equal(choices.length, 2);
    assert.ok(choices[1]?.text.startsWith("hello world"));
    assert.equal(usage?.completion_tokens, 8);
    const texts = ["", ""];
    for await (const chunk of await client.completions.create({ ...request, stream: true }))
      for (const { index, text } of chunk.choices) texts[index] += text;
    assert.deepEqual(
      texts,
      choices.map(({ text }) => text),
    );
    const best = await client.completions.create({
      model: "tiny",
      prompt: [5, 6, 7],
      n: 2,
      best_of: 4,
      logprobs: 2,
      max_tokens: 3,
    });
    assert.equal(best.choices.length, 2);
    const { tokens, token_logprobs: values, text_offset: offsets } = best.choices[0]?.logprobs ?? {};
    assert.equal(tokens?.length, 3);
    assert.equal(values?.length, 3);
    assert.deepEqual(offsets?.[1], tokens?.[0]?.length);
  });

  it("embeds, as numbers and as base64", async () => {
    const input = ["hello world", "hello"];
    const { data, usage } = await client.embeddings.create({ model: "bert", input, encoding_format: "float" });
    assert.equal(data.length, 2);
    assert.ok(usage.prompt_tokens >= 4);
    // Asked for nothing, the client asks for base64, and reads it.
    const again = await client.embeddings.create({ model: "bert", input: ["hello world"] });
    again.data[0]?.embedding.forEach((value, index) =>
      assert.ok(Math.abs(value - (data[0]?.embedding[index] ?? NaN)) < 1e-3),
    );
    const short = await client.embeddings.create({ model: "bert", input: "hello", dimensions: 8 });
    assert.equal(short.data[0]?.embedding.length, 8);
  });

  it("gets errors of the right kind", async () => {
    const request = { model: "tiny", messages, max_tokens: 4 };
    const stranger = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "mk-wrong", maxRetries: 0 });
    await assert.rejects(stranger.models.list(), AuthenticationError);
    await assert.rejects(client.chat.completions.create({ ...request, model: "none" }), NotFoundError);
    await assert.rejects(client.chat.completions.create({ ...request, temperature: -1 }), (error: unknown) => {
      assert.ok(error instanceof BadRequestError);
      assert.equal(error.param, "temperature");
      return true;
    });
    await assert.rejects(client.embeddings.create({ model: "bert", input: "hello ".repeat(2000) }), {
      code: "context_length_exceeded",
    });
  });

  it("fills in the middle, where the model can", async () => {
    const request = { model: "tiny", prompt: "a", suffix: "b", max_tokens: 3, temperature: 0 };
    const { choices } = await client.completions.create(request);
    assert.equal(choices[0]?.finish_reason, "length");
    await assert.rejects(client.completions.create({ ...request, echo: true }), { param: "echo" });
    await assert.rejects(client.completions.create({ ...request, model: "bert" }), { code: "unsupported" });
  });

  it("frees the model when it leaves a stream", async () => {
    const stream = await client.chat.completions.create({
      model: "tiny",
      messages,
      max_tokens: 900,
      stream: true,
      // @ts-expect-error It is llama.cpp's.
      ignore_eos: true,
    });
    for await (const _ of stream) break;
    const { pool } = server.app.services;
    while (pool.list().some(({ users }) => users > 0)) await new Promise(setImmediate);
    const { requests } = await pool.use("tiny", (model) => model.metrics());
    assert.equal(requests.running, 0);
  });

  it("frees the model when it leaves before an answer", async () => {
    const leave = new AbortController();
    const { pool } = server.app.services;
    const asked = client.chat.completions.create(
      // @ts-expect-error It is llama.cpp's.
      { model: "tiny", messages, max_tokens: 900, ignore_eos: true },
      { signal: leave.signal },
    );
    const failed = assert.rejects(asked, APIUserAbortError);
    while (!pool.list().some(({ users }) => users > 0)) await new Promise(setImmediate);
    leave.abort();
    await failed;
    while (pool.list().some(({ users }) => users > 0)) await new Promise(setImmediate);
    assert.equal((await pool.use("tiny", (model) => model.metrics())).requests.running, 0);
  });

  it("loses only its own request when a model's process dies", async () => {
    const { pool } = server.app.services;
    const crashed = new Promise((resolve) =>
      pool.subscribe((event) => void (event.type === "crashed" && resolve(event.id))),
    );
    const endless = { model: "tiny", messages, max_tokens: 900, stream: true as const, ignore_eos: true };
    const stream = await client.chat.completions.create(endless);
    const pid = await pool.use("tiny", async (model) => model.pid);
    await assert.rejects(
      async () => {
        let killed = false;
        for await (const _ of stream) {
          if (!killed && pid !== undefined) process.kill(pid, "SIGKILL");
          killed = true;
        }
      },
      { code: "engine_crashed" },
    );
    assert.equal(await crashed, "tiny");
    assert.equal((await client.chat.completions.create({ model: "tiny", messages, max_tokens: 2 })).choices.length, 1);
    assert.notEqual(await pool.use("tiny", async (model) => model.pid), pid);
  });
});

describe("a server that listens", () => {
  it("does not let the network in without a key", async () => {
    await assert.rejects(serve({ hostname: "0.0.0.0", port: 0, store: false }), hasCode("FORBIDDEN", /without a key/));
    await using open = await serve({ hostname: "0.0.0.0", port: 0, store: false, insecure: true });
    assert.equal((await fetch(`http://127.0.0.1:${open.port}/health`)).status, 200);
  });

  it("says that its port is taken", async () => {
    await using server = await serve({ port: 0, store: false });
    await assert.rejects(serve({ port: server.port, store: false }), hasCode("ADDRESS_UNAVAILABLE", /another program/));
  });

  it("lets answers end when it is closed", async () => {
    const models = { tiny: { model: tinyLlama().path, contextSize: 1024, threads: 1, chatTemplate } };
    // Longer than an answer takes on a machine that does other things.
    const server = await serve({ port: 0, store: false, host: "worker", models, heartbeat: 0, drainTimeout: 120_000 });
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "tiny", messages, max_tokens: 100, ignore_eos: true, stream: true }),
    });
    const closed = server.close();
    const text = await response.text();
    assert.ok(text.trimEnd().endsWith("data: [DONE]"), text.slice(-300));
    await closed;
    await assert.rejects(fetch(`${server.url}/health`));
  });
});
