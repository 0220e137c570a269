import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Ollama } from "ollama";
import type { ListeningServer } from "../../../src/server/index.js";
import { ollamaServer } from "../../support/ollama-server.js";

let server: ListeningServer;
let client: Ollama;
before(async () => ({ server, client } = await ollamaServer()));
after(() => server.close());

const lengthOf = (vector: readonly number[] = []): number => Math.hypot(...vector);

describe("embeddings through Ollama's client", () => {
  it("are of one text or several, of length 1, as long as is wanted", async () => {
    const both = await client.embed({ model: "bert", input: ["hello", "hello world"] });
    assert.equal(both.embeddings.length, 2);
    assert.ok(both.prompt_eval_count >= 4);
    assert.ok(both.total_duration >= both.load_duration);
    for (const vector of both.embeddings) assert.ok(Math.abs(lengthOf(vector) - 1) < 1e-4);
    const one = await client.embed({ model: "bert", input: "hello" });
    one.embeddings[0]?.forEach((value, index) =>
      assert.ok(Math.abs(value - (both.embeddings[0]?.[index] ?? NaN)) < 1e-3),
    );
    const short = await client.embed({ model: "bert", input: "hello", dimensions: 8 });
    assert.equal(short.embeddings[0]?.length, 8);
    assert.deepEqual((await client.embed({ model: "bert", input: "" })).embeddings, []);
  });

  it("have the model's own length in the older form", async () => {
    const { embedding } = await client.embeddings({ model: "bert", prompt: "hello" });
    const { embeddings } = await client.embed({ model: "bert", input: "hello" });
    const scale = lengthOf(embedding);
    embedding.forEach((value, index) => assert.ok(Math.abs(value / scale - (embeddings[0]?.[index] ?? NaN)) < 1e-3));
    assert.deepEqual((await client.embeddings({ model: "bert", prompt: "" })).embedding, []);
  });

  it("are cut only where that is asked for", async () => {
    const input = "hello ".repeat(3000);
    await assert.rejects(client.embed({ model: "bert", input }), { status_code: 400, message: /tokens/ });
    const { embeddings } = await client.embed({ model: "bert", input, truncate: true });
    assert.equal(embeddings.length, 1);
  });

  it("refuse options of answers", async () => {
    const options = { temperature: 1 };
    await assert.rejects(client.embed({ model: "bert", input: "hello", options }), { message: /temperature/ });
    await client.embed({ model: "bert", input: "hello", options: { num_batch: 64 }, keep_alive: 0 });
    assert.deepEqual((await client.ps()).models, []);
  });
});
