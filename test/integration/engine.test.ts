// The engine with a real model, in each of its hosts.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { load, type LoadedModel, type LoadOptions } from "../../src/index.js";
import type { GenerationChunk } from "../../src/engine/protocol.js";
import { assertSame, TIES } from "../support/same-answers.js";
import { smollm2 } from "../support/smollm2.js";

const found = await smollm2();
const skip = "missing" in found ? found.missing : false;
const path = "missing" in found ? "" : found.path;
const greedy = { temperature: 0, maxTokens: 32, logprobs: 8 };
const system = "You are a helpful assistant. ".repeat(8);
const prompts = Array.from({ length: 16 }, (_, index) => `${system}Tell me about the number ${index + 3}. It is`);

const hosts: Record<string, LoadOptions> = {
  "on this thread": { host: "inline" },
  "on a thread of its own": { host: "worker" },
  "in a process of its own": { host: "child" },
  "guessing ahead": { host: "worker", speculation: { type: "ngram", size: 2 } },
  "with a split cache": { host: "worker", unified: false, contextSize: 8192, parallel: 8 },
};

async function answer(model: LoadedModel, prompt: string, reuse: boolean): Promise<{ chunks: GenerationChunk[] }> {
  const chunks: GenerationChunk[] = [];
  for await (const chunk of model.stream(prompt, { ...greedy, reuse })) chunks.push(chunk);
  return { chunks };
}

describe("SmolLM2 in an engine", { skip }, () => {
  const alone: { chunks: GenerationChunk[] }[] = [];

  for (const [name, options] of Object.entries(hosts)) {
    describe(name, () => {
      let model: LoadedModel;
      before(async () => (model = await load(path, { parallel: 16, contextSize: 4096, ...options })));
      after(() => model.dispose());

      it("gives the same answers alone, in a crowd of 16, and from the cache", async () => {
        if (alone.length === 0) for (const prompt of prompts) alone.push(await answer(model, prompt, false));
        const crowd = await Promise.all(prompts.map((prompt) => answer(model, prompt, true)));
        crowd.forEach((chunks, index) =>
          assertSame(chunks, alone[index] ?? { chunks: [] }, `in a crowd, ${index}`, TIES.quantized),
        );
        const again = await answer(model, prompts[0] ?? "", true);
        assertSame(again, alone[0] ?? { chunks: [] }, "from the cache", TIES.quantized);
        const { tokens } = await model.metrics();
        assert.ok(tokens.cached > 15 * 40, `${tokens.cached} tokens were cached`);
      });
    });
  }

  it("writes the JSON that a grammar wants", async () => {
    await using model = await load(path);
    const grammar = `root ::= "{\\"name\\": \\"" [A-Za-z ]{1,20} "\\", \\"age\\": " [1-9] [0-9]? "}"`;
    const texts = await Promise.all(
      Array.from({ length: 8 }, (_, seed) => model.generate("A person as JSON: ", { grammar, seed, temperature: 1 })),
    );
    for (const { text, reason } of texts) {
      const { name, age } = JSON.parse(text) as { name: unknown; age: unknown };
      assert.ok(typeof name === "string" && typeof age === "number" && age < 100);
      assert.equal(reason, "stop");
    }
  });

  it("stops in the middle of a long prompt when it is cancelled", async () => {
    await using model = await load(path, { contextSize: 8192, batchSize: 4096 });
    const leave = new AbortController();
    const long = model.generate("word ".repeat(4000), { signal: leave.signal, maxTokens: 1 });
    const short = model.generate("Hello", { temperature: 0, maxTokens: 2 });
    setTimeout(() => leave.abort(), 300);
    await assert.rejects(long, { code: "ABORTED" });
    assert.equal((await short).usage.completionTokens, 2);
    // A prompt of 4,000 tokens was far from done: what was computed of it stays cached.
    const { tokens } = await model.metrics();
    assert.ok(tokens.prompt < 4000, `${tokens.prompt} tokens were computed`);
  });
});
