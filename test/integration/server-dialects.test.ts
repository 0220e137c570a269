// The same conversation through Anthropic's API and OpenAI's Responses, with a real model.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { load } from "../../src/index.js";
import { serve } from "../../src/server/index.js";
import { smollm2 } from "../support/smollm2.js";

const found = await smollm2();
const skip = "missing" in found ? found.missing : false;
const path = "missing" in found ? "" : found.path;

describe("SmolLM2 behind other APIs", { skip }, () => {
  it("answers Anthropic's client and OpenAI's Responses with what it says itself", async () => {
    const content = "What is the capital of France?";
    await using model = await load(path, { contextSize: 2048 });
    const { text } = await model.respond([{ role: "user", content }], { temperature: 0, maxTokens: 24 }).result;
    const models = { small: { model: path, contextSize: 2048 } };
    await using server = await serve({ port: 0, store: false, models });
    const anthropic = new Anthropic({ baseURL: server.url, apiKey: "none", maxRetries: 0 });
    const request = { model: "small", messages: [{ role: "user" as const, content }], max_tokens: 24, temperature: 0 };
    const { content: blocks, usage } = await anthropic.messages.stream(request).finalMessage();
    assert.deepEqual(blocks, [{ type: "text", text, citations: null }]);
    const openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
    const response = await openai.responses.create({
      model: "small",
      input: content,
      max_output_tokens: 24,
      temperature: 0,
    });
    assert.equal(response.output_text, text);
    assert.equal(response.usage?.input_tokens, usage.input_tokens + (usage.cache_read_input_tokens ?? 0));
    const begun = [...request.messages, { role: "assistant" as const, content: "The capital of" }];
    const { content: rest } = await anthropic.messages.create({ ...request, messages: begun });
    assert.ok(rest[0]?.type === "text" && /France|Paris/.test(rest[0].text), JSON.stringify(rest));
  });
});
