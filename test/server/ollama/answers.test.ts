// Ollama's own client against a server that listens.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { ChatResponse, GenerateResponse, Ollama } from "ollama";
import type { ListeningServer } from "../../../src/server/index.js";
import { ollamaServer } from "../../support/ollama-server.js";
import { tinyLlama } from "../../support/tiny-models.js";
import { post } from "../../support/tiny-server.js";

const messages = [{ role: "user", content: "hello" }];
const schema = {
  type: "object",
  properties: { city: { enum: ["Oslo", "Rome"] } },
  required: ["city"],
  additionalProperties: false,
};

let server: ListeningServer;
let client: Ollama;
before(async () => ({ server, client } = await ollamaServer()));
after(() => server.close());

function status(code: number, problem: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.match((error as Error).message, problem);
    assert.equal((error as { status_code?: number }).status_code, code);
    return true;
  };
}

function requireTimes(last: Omit<GenerateResponse | ChatResponse, "created_at">, tokens: number): void {
  assert.equal(last.eval_count, tokens);
  assert.ok(last.prompt_eval_count > 0);
  const { total_duration: total, load_duration: load, prompt_eval_duration: prompt, eval_duration: answer } = last;
  for (const time of [total, load, prompt, answer]) assert.ok(Number.isInteger(time) && time >= 0);
  assert.ok(total >= load && total >= prompt + answer && total > 1e4);
}

describe("POST /api/generate", () => {
  it("answers at once and as a stream, the same", async () => {
    const request = { model: "tiny", prompt: "hello", options: { num_predict: 8 } };
    const whole = await client.generate(request);
    assert.equal(whole.model, "tiny");
    assert.equal(whole.done_reason, "length");
    requireTimes(whole, 8);
    let text = "";
    let last: GenerateResponse | undefined;
    for await (const part of await client.generate({ ...request, stream: true })) {
      assert.ok(!Number.isNaN(Date.parse(String(part.created_at))));
      assert.equal(last?.done ?? false, false);
      text += part.response;
      last = part;
    }
    assert.equal(text, whole.response);
    assert.equal(last?.done, true);
    assert.ok(last);
    requireTimes(last, 8);
    assert.deepEqual(last.context, whole.context);
  });

  it("goes on from a context: the model has seen all that came before", async () => {
    const first = await client.generate({ model: "tiny", prompt: "hello", options: { num_predict: 4 } });
    assert.equal(first.context.length, first.prompt_eval_count + 4);
    const next = await client.generate({
      model: "tiny",
      prompt: "more",
      context: first.context,
      options: { num_predict: 4 },
    });
    assert.deepEqual(next.context.slice(0, first.context.length), first.context);
    assert.ok(next.prompt_eval_count > first.context.length + 3);
  });

  it("takes a prompt as it is, with another template, or with another system message", async () => {
    const tokens = async (more: object) => {
      const options = { num_predict: 1 };
      return (await client.generate({ model: "tiny", prompt: "hello", options, ...more })).prompt_eval_count;
    };
    const plain = await tokens({});
    assert.ok((await tokens({ raw: true })) < plain);
    assert.ok((await tokens({ system: "You are brief." })) > plain);
    const bare = await tokens({ template: "{{ .Prompt }}" });
    assert.equal(bare, await tokens({ template: "{{ messages[0].content }}" }));
    assert.ok(bare < plain);
    const raw = await client.generate({ model: "tiny", prompt: "hello", raw: true, options: { num_predict: 1 } });
    assert.equal(raw.context, undefined);
  });

  it("fills in the middle", async () => {
    const options = { num_predict: 3 };
    const { done_reason: reason, context } = await client.generate({
      model: "tiny",
      prompt: "a",
      suffix: "b",
      options,
    });
    assert.equal(reason, "length");
    assert.equal(context, undefined);
  });

  it("keeps to a format", async () => {
    const format = schema;
    const { response } = await client.generate({
      model: "tiny",
      prompt: "hello",
      format,
      options: { num_predict: 99 },
    });
    assert.ok(["Oslo", "Rome"].includes((JSON.parse(response ?? "") as { city: string }).city));
    const raw = await client.generate({ model: "tiny", prompt: "hello", raw: true, format });
    assert.ok(["Oslo", "Rome"].includes((JSON.parse(raw.response ?? "") as { city: string }).city));
  });

  it("stops at texts, and gives log-probabilities", async () => {
    const options = { num_predict: 6 };
    const request = { model: "tiny", prompt: "hello", logprobs: true, top_logprobs: 2, options };
    const { response = "", logprobs } = await client.generate(request);
    assert.equal(logprobs?.length, 6);
    assert.equal(logprobs?.[0]?.top_logprobs?.length, 2);
    assert.equal(logprobs?.[0]?.top_logprobs?.[0]?.token, logprobs?.[0]?.token);
    const streamed = [];
    for await (const part of await client.generate({ ...request, stream: true }))
      streamed.push(...(part.logprobs ?? []));
    assert.deepEqual(
      streamed.map(({ token }) => token),
      logprobs?.map(({ token }) => token),
    );
    const stop = response.slice(3, 5);
    const stopped = await client.generate({ model: "tiny", prompt: "hello", options: { ...options, stop: [stop] } });
    assert.equal(stopped.response, response.slice(0, response.indexOf(stop)));
    assert.equal(stopped.done_reason, "stop");
  });
});

describe("POST /api/chat", () => {
  it("answers at once and as a stream, the same", async () => {
    const request = { model: "tiny:latest", messages, options: { num_predict: 8 } };
    const whole = await client.chat(request);
    assert.equal(whole.model, "tiny:latest");
    assert.equal(whole.message.role, "assistant");
    requireTimes(whole, 8);
    let text = "";
    let last: ChatResponse | undefined;
    for await (const part of await client.chat({ ...request, stream: true })) {
      text += part.message.content;
      last = part;
    }
    assert.equal(text, whole.message.content);
    assert.equal(last?.done_reason, "length");
  });

  it("tells of tools, and reads their results", async () => {
    const tools = [{ type: "function", function: { name: "weather", description: "", parameters: schema } }];
    const count = async (more: object) => {
      const request = { model: "tiny", messages, options: { num_predict: 1 }, ...more };
      return (await client.chat(request)).prompt_eval_count;
    };
    const plain = await count({});
    const told = await count({ tools });
    const called = { function: { name: "weather", arguments: { city: "Oslo" } } };
    const answered = await count({
      tools,
      messages: [
        ...messages,
        { role: "assistant", content: "", tool_calls: [called] },
        { role: "tool", content: "sunny", tool_name: "weather" },
      ],
    });
    assert.ok(plain < told && told + 8 < answered);
  });

  it("keeps to a format", async () => {
    const { message } = await client.chat({ model: "tiny", messages, format: schema, options: { num_predict: 99 } });
    assert.ok(["Oslo", "Rome"].includes((JSON.parse(message.content) as { city: string }).city));
  });

  it("loads and unloads where nothing is said", async () => {
    const loaded = await client.chat({ model: "tiny", messages: [] });
    assert.equal(loaded.done_reason, "load");
    assert.deepEqual(
      (await client.ps()).models.map(({ name }) => name),
      ["tiny"],
    );
    const unloaded = await client.generate({ model: "tiny", prompt: "", keep_alive: 0 });
    assert.equal(unloaded.done_reason, "unload");
    assert.equal(unloaded.response, "");
    assert.deepEqual((await client.ps()).models, []);
  });

  it("stays as long as a request says", async () => {
    await client.chat({ model: "tiny", messages, keep_alive: "90m", options: { num_predict: 1 } });
    const [model] = (await client.ps()).models;
    const minutes = (Date.parse(String(model?.expires_at)) - Date.now()) / 60_000;
    assert.ok(minutes > 85 && minutes <= 90);
    await client.chat({ model: "tiny", messages, keep_alive: 0, options: { num_predict: 1 } });
    assert.deepEqual((await client.ps()).models, []);
  });

  it("loads the model again where the options of loading are others", async () => {
    const contextOf = async () => {
      const { models } = (await client.ps()) as unknown as { models: { context_length: number }[] };
      return models.map(({ context_length: length }) => length);
    };
    await client.chat({ model: "tiny", messages, options: { num_ctx: 512, num_predict: 1 } });
    assert.deepEqual(await contextOf(), [512]);
    await client.chat({ model: "tiny", messages, options: { num_predict: 1 } });
    assert.deepEqual(await contextOf(), [1024]);
  });

  it("ends when its reader goes", async () => {
    const stream = await client.chat({ model: "tiny", messages, stream: true, options: { num_predict: 900 } });
    await assert.rejects(
      async () => {
        for await (const _ of stream) stream.abort();
      },
      { name: "AbortError" },
    );
    await client.chat({ model: "tiny", messages: [], keep_alive: 0 });
    assert.deepEqual((await client.ps()).models, []);
  });
});

describe("clients in other languages", () => {
  it("write empty what they leave out, and null", async () => {
    const answer = {
      options: { num_predict: 1, seed: null },
      keep_alive: null,
      think: null,
      _debug_render_only: false,
    };
    const nothing = { suffix: "", system: "", template: "", context: null, images: [], format: "" };
    const message = { role: "user", content: "hello", images: [], tool_calls: null, tool_name: null };
    const bodies: readonly [path: string, body: object][] = [
      ["generate", { prompt: "hello", raw: false, ...nothing, ...answer }],
      ["chat", { messages: [message], tools: null, format: "", ...answer }],
      ["show", { name: "", system: "", template: "", verbose: false, options: null }],
      ["embed", { model: "bert", input: "hello", truncate: null, options: {} }],
    ];
    for (const [path, body] of bodies) {
      const response = await post(server.app, `/api/${path}`, { model: "tiny", stream: undefined, ...body });
      assert.equal(response.status, 200, `${path}: ${await response.text()}`);
    }
  });
});

describe("thoughts", () => {
  const thinker = `{% for m in messages %}<|im_start|>{{ m.role }}
{{ m.content }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
<think>
{% if enable_thinking is defined and enable_thinking is false %}

</think>

{% endif %}{% endif %}`;

  it("are told apart, switched off, and said of a model", async () => {
    const { server: thinking, client: asks } = await ollamaServer({
      models: { thinker: { model: tinyLlama().path, contextSize: 512, chatTemplate: thinker } },
    });
    const request = { model: "thinker", messages, options: { num_predict: 8 } };
    assert.ok((await asks.show({ model: "thinker" })).capabilities.includes("thinking"));
    const thought = await asks.chat({ ...request, think: true });
    assert.equal(thought.message.content, "");
    assert.ok((thought.message.thinking ?? "").length > 0);
    const silent = await asks.chat({ ...request, think: false });
    assert.equal(silent.message.thinking, undefined);
    assert.ok(silent.message.content.length > 0);
    const complete = { model: "thinker", prompt: "hello", think: true, options: { num_predict: 8 } };
    let text = "";
    for await (const part of await asks.generate({ ...complete, stream: true })) text += part.thinking ?? "";
    assert.ok(text.length > 0);
    await assert.rejects(asks.generate({ ...complete, raw: true }), status(400, /think/));
    await thinking.close();
  });
});

describe("what is refused", () => {
  it("says what is wrong, with Ollama's statuses", async () => {
    const ask = (more: object) => client.chat({ model: "tiny", messages, ...more });
    await assert.rejects(ask({ model: "none" }), status(404, /not found/));
    await assert.rejects(ask({ model: "" }), status(400, /model/));
    await assert.rejects(ask({ options: { temprature: 1 } }), status(400, /did you mean temperature\?/));
    await assert.rejects(ask({ options: { temperature: "hot" } }), status(400, /options\.temperature/));
    await assert.rejects(ask({ options: { tfs_z: 1 } }), status(400, /tail-free/));
    await assert.rejects(ask({ options: { use_mlock: true } }), status(400, /use_mlock/));
    await assert.rejects(ask({ format: "yaml" }), status(400, /format: It must be "json" or a JSON schema/));
    await assert.rejects(ask({ keep_alive: "soon" }), status(400, /keep_alive/));
    await assert.rejects(ask({ think: true }), status(400, /does not support thinking/));
    await assert.rejects(ask({ truncate: true }), status(400, /never cut/));
    await assert.rejects(ask({ top_logprobs: 3 }), status(400, /logprobs: true/));
    await assert.rejects(ask({ speed: 3 }), status(400, /speed: This field is not supported/));
    await assert.rejects(ask({ messages: [{ ...messages[0], images: ["aGVsbG8="] }] }), status(400, /text only/));
    await assert.rejects(ask({ model: "bert" }), status(400, /generate/));
    const long = { messages: [{ role: "user", content: "hello ".repeat(2000) }] };
    await assert.rejects(ask({ ...long, stream: true }), status(400, /\d+ tokens/));
    const prompt = "hello";
    const complete = (more: object) => client.generate({ model: "tiny", prompt, ...more });
    await assert.rejects(complete({ raw: true, system: "x" }), status(400, /raw/));
    await assert.rejects(complete({ suffix: "x", system: "x" }), status(400, /suffix/));
    await assert.rejects(complete({ images: ["aGVsbG8="] }), status(400, /text only/));
    // What does nothing, as it is so already, is no reason to refuse.
    await ask({ options: { use_mmap: true, main_gpu: 0, repeat_last_n: -1, num_predict: 1 } });
  });

  it("is told as Ollama tells it, whatever the path", async () => {
    const wrong = await post(server.app, "/api/none", {});
    assert.equal(wrong.status, 404);
    assert.match(((await wrong.json()) as { error: string }).error, /\/api\/none/);
  });
});
