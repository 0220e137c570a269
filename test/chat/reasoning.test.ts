/** Thoughts of a model with random weights, whose template begins them. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { load, type LoadedModel } from "../../src/index.js";
import { thinkingTemplate } from "../support/thinking-server.js";
import { tinyLlama } from "../support/tiny-models.js";

const question = [{ role: "user", content: "x" }];
const options = { maxTokens: 60, temperature: 1, seed: 3 };

describe("what a model thinks", () => {
  let model: LoadedModel;
  before(async () => {
    const { path } = tinyLlama({ contextSize: 4096 });
    model = await load(path, { threads: 1, contextSize: 4096, chatTemplate: thinkingTemplate });
  });
  after(() => model.dispose());

  it("comes apart from what it says", async () => {
    const { text, reasoning, usage } = await model.respond(question, options).result;
    assert.equal(text, "");
    assert.notEqual(reasoning, "");
    assert.equal(usage.reasoningTokens, usage.completionTokens);
  });

  it("is limited by a budget, after which it has to answer", async () => {
    const { text, usage, message } = await model.respond(question, { ...options, reasoning: { budget: 8 } }).result;
    assert.ok(usage.reasoningTokens >= 8 && usage.reasoningTokens <= 10, JSON.stringify(usage));
    assert.notEqual(text, "");
    assert.ok(usage.completionTokens <= options.maxTokens);
    assert.notEqual(message.reasoning, undefined);
  });

  it("is ended while it thinks", async () => {
    const stream = model.respond(question, { ...options, maxTokens: 2000 });
    let thoughts = 0;
    let said = "";
    for await (const event of stream) {
      if (event.type === "reasoning" && ++thoughts === 5) stream.endReasoning();
      if (event.type !== "text") continue;
      said += event.text;
      if (said.length > 5) break;
    }
    assert.ok(said.length > 5);
    assert.ok(thoughts < 100, `${thoughts} pieces of thought`);
  });

  it("is switched off", async () => {
    const { text, reasoning } = await model.respond(question, { ...options, reasoning: false }).result;
    assert.equal(reasoning, "");
    assert.notEqual(text, "");
  });

  it("is not counted as part of what comes after it in a session", async () => {
    const chat = model.chat({ ...options, reasoning: { budget: 4 } });
    await chat.send("One");
    const { message } = await chat.send("Two");
    assert.equal(chat.history.length, 4);
    assert.notEqual(message.content, "");
  });

  it("cannot be limited by what is no budget", async () => {
    await assert.rejects(model.respond(question, { reasoning: { budget: -1 } }).result, { code: "ARGUMENT_INVALID" });
  });
});
