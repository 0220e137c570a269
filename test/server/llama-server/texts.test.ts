import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { MullamaServer } from "../../../src/server/index.js";
import { ask, look } from "../../support/ask-server.js";
import { tinyBert, tinyLlama, tinyReranker } from "../../support/tiny-models.js";
import { tinyServer } from "../../support/tiny-server.js";

interface Problem {
  readonly error: { readonly message: string; readonly type: string; readonly param?: string };
}

describe("llama-server's other routes", () => {
  let server: MullamaServer;
  let alone: MullamaServer;
  before(async () => {
    server = await tinyServer({ models: { bert: { model: tinyBert().path }, rank: { model: tinyReranker().path } } });
    alone = await tinyServer({ models: { tiny: { model: tinyLlama({ vocab: "bpe" }).path, contextSize: 512 } } });
  });
  after(async () => {
    await server.dispose();
    await alone.dispose();
  });

  it("turns texts into tokens and back", async () => {
    const content = "hello wörld é";
    const { tokens } = await ask<{ tokens: number[] }>(alone, "/tokenize", { content });
    assert.deepEqual(await ask(alone, "/detokenize", { tokens }), { content });
    const { tokens: pieces } = await ask<{ tokens: { id: number; piece: string | number[] }[] }>(alone, "/tokenize", {
      content,
      with_pieces: true,
    });
    assert.deepEqual(
      pieces.map(({ id }) => id),
      tokens,
    );
    const bytes = pieces.map(({ piece }) => (typeof piece === "string" ? Buffer.from(piece) : Buffer.from(piece)));
    assert.equal(Buffer.concat(bytes).toString(), content);
    assert.ok(pieces.some(({ piece }) => Array.isArray(piece)));
    const mixed = await ask<{ tokens: number[] }>(alone, "/tokenize", { content: [5, "hello", 7] });
    assert.deepEqual([mixed.tokens[0], mixed.tokens.at(-1)], [5, 7]);
    await ask(alone, "/detokenize", { tokens: [1e6] }, 400);
  });

  it("writes a conversation as a prompt", async () => {
    const { prompt } = await ask<{ prompt: string }>(server, "/apply-template", {
      model: "tiny",
      messages: [{ role: "user", content: "Hi <|im_end|>" }],
    });
    assert.match(prompt, /<\|im_start\|>user\nHi <\|im_end\|><\|im_end\|>\n<\|im_start\|>assistant\n$/);
  });

  it("gives embeddings in its own shape, scaled as is wanted", async () => {
    type Rows = { readonly index: number; readonly embedding: number[][] }[];
    const embed = (body: object): Promise<Rows> => ask(server, "/embedding", { model: "bert", ...body });
    const [one] = await embed({ content: "hello world" });
    assert.equal(one?.embedding.length, 1);
    assert.ok(Math.abs(Math.hypot(...(one.embedding[0] ?? [])) - 1) < 1e-5);
    const two = await embed({ input: ["hello", "world"], embd_normalize: 1 });
    assert.deepEqual(
      two.map(({ index }) => index),
      [0, 1],
    );
    const sum = (two[1]?.embedding[0] ?? []).reduce((total, value) => total + Math.abs(value), 0);
    assert.ok(Math.abs(sum - 1) < 1e-5);
    const [greatest] = await embed({ content: "hello", embd_normalize: 0 });
    assert.ok(Math.abs(Math.max(...(greatest?.embedding[0] ?? []).map(Math.abs)) - 1) < 1e-6);
    const [rows] = await embed({ content: "hello world", pooling: "none" });
    const { tokens } = await ask<{ tokens: number[] }>(server, "/tokenize", {
      model: "bert",
      content: "hello world",
      add_special: true,
    });
    assert.equal(rows?.embedding.length, tokens.length);
    assert.equal(rows.embedding[0]?.length, one.embedding[0]?.length);
    assert.equal((await ask<Problem>(server, "/embeddings", { model: "bert" }, 400)).error.param, "input");
  });

  it("sorts documents, in Jina's form and in TEI's", async () => {
    const documents = ["hello world", "world", "hello hello"];
    const body = { model: "rank", query: "hello", documents, top_n: 2 };
    interface Ranking {
      readonly usage: { readonly prompt_tokens: number };
      readonly results: { readonly index: number; readonly relevance_score: number }[];
    }
    const paths = ["/rerank", "/reranking", "/v1/rerank", "/v1/reranking"];
    const rankings = await Promise.all(paths.map((path) => ask<Ranking>(server, path, body)));
    const [first] = rankings;
    for (const ranking of rankings) assert.deepEqual(ranking, first);
    assert.equal(first?.results.length, 2);
    assert.ok((first.results[0]?.relevance_score ?? 0) >= (first.results[1]?.relevance_score ?? 0));
    assert.ok(first.usage.prompt_tokens > 6);
    const tei = await ask<{ index: number; score: number; text: string }[]>(server, "/rerank", {
      model: "rank",
      query: "hello",
      texts: documents,
      return_text: true,
    });
    assert.equal(tei.length, 3);
    assert.equal(tei[0]?.index, first.results[0]?.index);
    assert.equal(tei[0]?.text, documents[tei[0]?.index ?? -1]);
    assert.equal(
      (await ask<Problem>(server, "/rerank", { ...body, model: "tiny" }, 400)).error.type,
      "invalid_request_error",
    );
  });

  it("fills in the middle, other files first", async () => {
    const body = { input_prefix: "hello ", input_suffix: " world", n_predict: 4, seed: 1 };
    const plain = await ask<{ prompt: string }>(alone, "/infill", body);
    assert.match(plain.prompt, /<\|fim_prefix\|>hello <\|fim_suffix\|> world<\|fim_middle\|>$/);
    const extra = [{ filename: "a.ts", text: "hello" }];
    const { prompt } = await ask<{ prompt: string }>(alone, "/infill", { ...body, input_extra: extra, prompt: "x" });
    assert.match(
      prompt,
      /<\|repo_name\|>myproject\n<\|file_sep\|>a\.ts\nhello<\|file_sep\|>filename\n<\|fim_prefix\|>/,
    );
    assert.match(prompt, /<\|fim_middle\|>x$/);
    assert.equal((await ask<Problem>(alone, "/infill", { input_prefix: "a" }, 400)).error.param, "input_suffix");
  });

  it("tells of a model, and of where there are several", async () => {
    const { total_slots: slots, default_generation_settings: settings } = await look<{
      total_slots: number;
      default_generation_settings: { n_ctx: number };
    }>(alone, "/props");
    assert.equal(slots, 4);
    assert.equal(settings.n_ctx, 512);
    assert.equal((await look<{ model_alias: string }>(server, "/props?model=gpt-tiny")).model_alias, "tiny");
    assert.match((await look<Problem>(server, "/props", 400)).error.message, /names no model/);
    assert.equal((await ask<Problem>(alone, "/props", {}, 501)).error.type, "not_supported_error");
  });

  it("answers conversations of clients that name no model", async () => {
    const body = { messages: [{ role: "user", content: "hello" }], max_tokens: 3 };
    const { model } = await ask<{ model: string }>(alone, "/v1/chat/completions", body);
    assert.equal(model, "tiny");
    const several = await ask<Problem>(server, "/chat/completions", body, 400);
    assert.equal(several.error.param, "model");
  });
});
