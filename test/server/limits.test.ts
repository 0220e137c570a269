// What requests may ask for: more is refused, with the limit in the message.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createKey, createServer, type MullamaServer } from "../../src/server/index.js";
import { hasCode } from "../support/has-code.js";
import { tinyBert, tinyLlama } from "../support/tiny-models.js";
import { chatTemplate, post, tinyServer } from "../support/tiny-server.js";

const messages = [{ role: "user", content: "hello" }];
const long = [{ role: "user", content: "hello ".repeat(100) }];

describe("the limits of requests", () => {
  let server: MullamaServer;
  before(async () => {
    const model = tinyLlama().path;
    server = await tinyServer({
      limits: { promptTokens: 60, maxTokens: 8, answers: 4, inputs: 3, inputLength: 100, stops: 2, logitBias: 2 },
      models: {
        tiny: { model, contextSize: 1024, chatTemplate },
        wide: { model, contextSize: 1024, chatTemplate, limits: { promptTokens: 1000, maxTokens: 12 } },
        bert: { model: tinyBert().path },
      },
    });
  });
  after(() => server.dispose());

  async function refused(path: string, body: object, message: RegExp, status = 400): Promise<void> {
    const response = await post(server, path, { model: "tiny", ...body });
    const text = await response.text();
    assert.equal(response.status, status, text);
    assert.match(text, message);
  }

  async function answered<Answer>(path: string, body: object): Promise<Answer> {
    const response = await post(server, path, { model: "tiny", ...body });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text) as Answer;
  }

  it("hold for an answer's tokens, in every dialect's words", async () => {
    const of = /limit of 8/;
    await refused("/v1/chat/completions", { messages, max_tokens: 9 }, of);
    await refused("/v1/chat/completions", { messages, max_completion_tokens: 9 }, /max_completion_tokens: 9 .*of 8/);
    await refused("/v1/completions", { prompt: "x", max_tokens: 9 }, of);
    await refused("/v1/responses", { input: "x", max_output_tokens: 9 }, /max_output_tokens: 9 .*of 8/);
    await refused("/v1/messages", { messages, max_tokens: 9 }, of);
    await refused("/completion", { prompt: "x", n_predict: 9 }, of);
    await refused("/api/chat", { messages, options: { num_predict: 9 } }, /options\.num_predict: 9 .*of 8/);
    await refused("/api/generate", { prompt: "x", options: { num_predict: 9 }, raw: true }, of);
  });

  it("are what an answer has where nothing is said", async () => {
    const greedy = { temperature: 0, ignore_eos: true };
    type Usage = { readonly usage: { readonly completion_tokens: number } };
    const chat = async (model: string): Promise<number> =>
      (await answered<Usage>("/v1/chat/completions", { model, messages, ...greedy })).usage.completion_tokens;
    assert.deepEqual([await chat("tiny"), await chat("wide")], [8, 12]);
    assert.equal((await answered<Usage>("/v1/completions", { prompt: "x", ...greedy })).usage.completion_tokens, 8);
    for (const body of [{}, { n_predict: -1 }]) {
      const { tokens_predicted: count } = await answered<{ tokens_predicted: number }>("/completion", {
        prompt: "x",
        ...greedy,
        ...body,
      });
      assert.equal(count, 8);
    }
  });

  it("hold for a prompt's tokens, of each model its own", async () => {
    const of = /more than is allowed \(60\)/;
    await refused("/v1/chat/completions", { messages: long }, of);
    await refused("/v1/completions", { prompt: "hello ".repeat(100) }, of);
    await refused("/v1/responses", { input: long }, of);
    await refused("/v1/messages", { messages: long, max_tokens: 4 }, of);
    await refused("/completion", { prompt: "hello ".repeat(100) }, of);
    await refused("/api/chat", { messages: long, stream: false }, of);
    await answered("/v1/chat/completions", { model: "wide", messages: long });
  });

  it("hold for what a body counts, before a model is loaded", async () => {
    const model = "nobody";
    await refused("/v1/chat/completions", { model, messages, stop: ["a", "b", "c"] }, /stop: 3 texts .*limit of 2/);
    await refused("/v1/messages", { model, messages, stop_sequences: ["a", "b", "c"] }, /stop_sequences: 3/);
    await refused("/api/chat", { model, messages, options: { stop: ["a", "b", "c"] } }, /options\.stop: 3/);
    await refused("/v1/chat/completions", { model, messages, logit_bias: { 1: 1, 2: 1, 3: 1 } }, /logit_bias: 3/);
    await refused(
      "/completion",
      {
        model,
        prompt: "x",
        logit_bias: [
          [1, 1],
          [2, 1],
          [3, 1],
        ],
      },
      /logit_bias: 3/,
    );
    await refused("/v1/chat/completions", { model, messages, n: 5 }, /n: 5 answers .*limit of 4/);
    await refused("/v1/completions", { model, prompt: ["a", "b", "c"], n: 2 }, /n: 6 answers/);
    await refused("/v1/completions", { model, prompt: [1, 2, 3, 4, 5], n: 5 }, /n: 5 answers/);
  });

  it("hold for texts that are embedded, ranked and tokenized", async () => {
    const [four, big] = [["a", "b", "c", "d"], "x".repeat(101)];
    for (const path of ["/v1/embeddings", "/embedding", "/api/embed"]) {
      await refused(path, { model: "bert", input: four }, /input: 4 texts .*limit of 3/);
      await refused(path, { model: "bert", input: ["x", big] }, /input: 102 characters .*limit of 100/, 413);
    }
    await refused("/rerank", { query: "x", documents: four }, /documents: 4/);
    await refused("/rerank", { query: "x", texts: [big] }, /texts: 101/, 413);
    await refused("/tokenize", { content: big }, /content: 101/, 413);
    await refused("/detokenize", { tokens: Array.from({ length: 101 }, () => 1) }, /tokens: 101/, 413);
    assert.equal((await answered<{ tokens: unknown[] }>("/tokenize", { content: "hello" })).tokens.length > 0, true);
    await answered("/v1/embeddings", { model: "bert", input: ["a", "b", "c"] });
  });

  it("are checked when the server is made", async () => {
    await assert.rejects(createServer({ limits: { answers: 0 } }), hasCode("ARGUMENT_INVALID", /answers/));
    await assert.rejects(createServer({ limits: { tokens: 1 } as object }), hasCode("ARGUMENT_INVALID", /tokens/));
    const models = { x: { limits: { maxTokens: 0 } } };
    await assert.rejects(createServer({ models }), hasCode("ARGUMENT_INVALID", /models\.x\.limits\.maxTokens/));
  });
});

describe("a key with a limit", () => {
  it("is told how it stands, on every answer", async () => {
    const [one, free] = [createKey(), createKey()];
    await using server = await createServer({
      store: false,
      keys: [
        { name: "one", sha256: one.sha256, requestsPerMinute: 3 },
        { name: "free", sha256: free.sha256 },
      ],
    });
    const ask = (key: string, path = "/v1/models"): Promise<Response> =>
      server.fetch(new Request(`http://localhost${path}`, { headers: { Authorization: `Bearer ${key}` } }));
    const told: (string | null)[] = [];
    for (const path of ["/v1/models", "/v1/models/none", "/v1/models", "/v1/models"]) {
      const { status, headers } = await ask(one.key, path);
      told.push(`${status}`, headers.get("x-ratelimit-remaining-requests"));
      assert.equal(headers.get("x-ratelimit-limit-requests"), "3");
      assert.match(headers.get("x-ratelimit-reset-requests") ?? "", /^\d+(\.\d)?m?s$/);
      assert.equal(headers.has("retry-after"), status === 429);
    }
    assert.deepEqual(told, ["200", "2", "404", "1", "200", "0", "429", "0"]);
    assert.equal((await ask(free.key)).headers.get("x-ratelimit-limit-requests"), null);
  });
});
