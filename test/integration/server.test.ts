// The server with a real model in a process of its own.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import OpenAI from "openai";
import { load } from "../../src/index.js";
import { serve } from "../../src/server/index.js";
import { smollm2 } from "../support/smollm2.js";

const found = await smollm2();
const skip = "missing" in found ? found.missing : false;
const path = "missing" in found ? "" : found.path;

describe("SmolLM2 behind the server", { skip }, () => {
  it("answers several conversations at once, in words and in JSON", async () => {
    await using server = await serve({
      port: 0,
      store: false,
      models: { small: { model: path, parallel: 4, contextSize: 4096 } },
    });
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
    const ask = (content: string) =>
      client.chat.completions.create({
        model: "small",
        messages: [{ role: "user", content }],
        temperature: 0,
        max_tokens: 24,
      });
    const question = "What is the capital of France?";
    const { choices: answers } = await ask(question);
    await using model = await load(path, { parallel: 4, contextSize: 4096 });
    const { text } = await model.respond([{ role: "user", content: question }], { temperature: 0, maxTokens: 24 })
      .result;
    assert.equal(answers[0]?.message.content, text);
    const others = await Promise.all(["Italy", "Spain", "Norway"].map((country) => ask(`Where is ${country}?`)));
    for (const { usage } of others) assert.ok((usage?.completion_tokens ?? 0) > 0);
    const schema = {
      type: "object",
      properties: { city: { type: "string", maxLength: 20 }, country: { enum: ["France", "Italy"] } },
      required: ["city", "country"],
      additionalProperties: false,
    };
    const { choices } = await client.chat.completions.parse({
      model: "small",
      messages: [{ role: "user", content: "Rome is the capital of Italy. Give it as JSON." }],
      temperature: 0,
      max_tokens: 60,
      response_format: { type: "json_schema", json_schema: { name: "capital", strict: true, schema } },
    });
    const place = choices[0]?.message.parsed as { city: unknown; country: string } | null;
    assert.equal(typeof place?.city, "string");
    assert.ok(["France", "Italy"].includes(place?.country ?? ""));
    const again = await ask(question);
    assert.ok((again.usage?.prompt_tokens_details?.cached_tokens ?? 0) > 10);
  });
});
