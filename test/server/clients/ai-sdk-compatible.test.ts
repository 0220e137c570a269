/** The AI SDK's provider for OpenAI-compatible servers, pointed at ours. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createOpenAICompatible, type OpenAICompatibleProvider } from "@ai-sdk/openai-compatible";
import { embedMany, generateText, isStepCount, Output, streamText, tool } from "ai";
import { z } from "zod";
import { type ListeningServer, serve } from "../../../src/server/index.js";
import { tinyBert, tinyLlama } from "../../support/tiny-models.js";
import { chatTemplate } from "../../support/tiny-server.js";

describe("the AI SDK's OpenAI-compatible provider", () => {
  let server: ListeningServer;
  let provider: OpenAICompatibleProvider;
  before(async () => {
    server = await serve({
      port: 0,
      store: false,
      host: "worker",
      load: { threads: 1 },
      models: {
        tiny: { model: tinyLlama().path, contextSize: 1024, chatTemplate },
        bert: { model: tinyBert().path },
      },
    });
    provider = createOpenAICompatible({
      name: "mullama",
      baseURL: `${server.url}/v1`,
      includeUsage: true,
      supportsStructuredOutputs: true,
    });
  });
  after(() => server.close());
  const asked = { prompt: "hello", temperature: 0, maxOutputTokens: 8, maxRetries: 0 };

  it("generates and streams the same text, with usage", async () => {
    const model = provider("tiny");
    const whole = await generateText({ model, ...asked });
    const stream = streamText({ model, ...asked });
    let text = "";
    for await (const piece of stream.textStream) text += piece;
    assert.equal(text, whole.text);
    assert.equal(whole.finishReason, "length");
    assert.equal((await stream.usage).outputTokens, 8);
    assert.equal(whole.usage.outputTokens, 8);
  });

  it("runs tools between steps", async () => {
    const cities: string[] = [];
    const weather = tool({
      inputSchema: z.object({ city: z.enum(["Oslo", "Rome"]) }),
      execute: ({ city }) => {
        cities.push(city);
        return "Sunny";
      },
    });
    const { steps } = await generateText({
      model: provider("tiny"),
      ...asked,
      maxOutputTokens: 200,
      tools: { weather },
      toolChoice: "required",
      stopWhen: isStepCount(2),
    });
    assert.equal(steps.length, 2);
    assert.ok(cities.length >= 2 && cities.every((city) => ["Oslo", "Rome"].includes(city)));
  });

  it("gets values that keep to their schema", async () => {
    const schema = z.object({ kind: z.enum(["a", "b"]), sure: z.boolean() });
    const { output } = await generateText({
      model: provider("tiny"),
      ...asked,
      maxOutputTokens: 200,
      output: Output.object({ schema }),
    });
    assert.deepEqual(schema.parse(output), output);
  });

  it("embeds", async () => {
    const { embeddings } = await embedMany({ model: provider.embeddingModel("bert"), values: ["one", "two"] });
    assert.deepEqual([embeddings.length, embeddings[0]?.length], [2, 64]);
  });

  it("hears what is wrong, and stops when it is told to", async () => {
    await assert.rejects(generateText({ model: provider("none"), ...asked }), /none/);
    await assert.rejects(
      generateText({ model: provider("tiny"), ...asked, prompt: "word ".repeat(3000) }),
      /more than the context/,
    );
    await assert.rejects(generateText({ model: provider("tiny"), ...asked, abortSignal: AbortSignal.abort() }), {
      name: "AbortError",
    });
  });
});
