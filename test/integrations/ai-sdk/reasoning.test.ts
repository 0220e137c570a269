/** Thoughts, and streams that are left, through the real `ai` package. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { generateText, streamText } from "ai";
import type { LoadedModel } from "../../../src/index.js";
import { createMullama, type MullamaLanguageModelOptions } from "../../../src/integrations/ai-sdk/index.js";
import { tinyChatModel } from "../../support/ai-sdk-model.js";
import { alwaysThinkingTemplate } from "../../support/thinking-server.js";

const asked = { prompt: "x", temperature: 1, seed: 2, maxOutputTokens: 30 } as const;

describe("a model that thinks", () => {
  let loaded: LoadedModel;
  const mullama = createMullama();
  const budget = { reasoning: { budget: 8 } } satisfies MullamaLanguageModelOptions;
  before(async () => void (loaded = await tinyChatModel({ template: alwaysThinkingTemplate })));
  after(() => loaded.dispose());

  it("gives its thoughts apart, and counts their tokens", async () => {
    const model = mullama(loaded);
    const { reasoningText, text, usage, warnings } = await generateText({
      model,
      ...asked,
      reasoning: "low",
      providerOptions: { mullama: budget },
    });
    assert.deepEqual(warnings, []);
    assert.ok(reasoningText !== undefined && reasoningText !== "" && text !== "");
    const { reasoningTokens, textTokens } = usage.outputTokenDetails;
    assert.ok((reasoningTokens ?? 0) >= 8 && (textTokens ?? 0) > 0, JSON.stringify(usage));
    const stream = streamText({ model, ...asked, providerOptions: { mullama: budget } });
    const parts = { reasoning: "", text: "" };
    for await (const part of stream.fullStream) {
      if (part.type === "reasoning-delta") parts.reasoning += part.text;
      if (part.type === "text-delta") parts.text += part.text;
    }
    assert.deepEqual(parts, { reasoning: reasoningText, text });
  });

  it("answers at once where it shall not think", async () => {
    const { reasoningText, usage } = await generateText({ model: mullama(loaded), ...asked, reasoning: "none" });
    assert.deepEqual([reasoningText ?? "", usage.outputTokenDetails.reasoningTokens], ["", 0]);
  });

  it("stops when its reader leaves the stream", async () => {
    const { stream } = await mullama(loaded).doStream({
      prompt: [{ role: "user", content: [{ type: "text", text: "x" }] }],
      maxOutputTokens: 3000,
      providerOptions: { mullama: { ignoreEos: true } },
    });
    const reader = stream.getReader();
    const types = [(await reader.read()).value?.type, (await reader.read()).value?.type];
    assert.deepEqual(types, ["stream-start", "response-metadata"]);
    await reader.cancel();
    const { requests } = await loaded.metrics();
    assert.deepEqual([requests.running, requests.waiting], [0, 0]);
  });
});
