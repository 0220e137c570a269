/** The AI SDK on the real model. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { generateText, isStepCount, streamText, tool } from "ai";
import { z } from "zod";
import { load, type LoadedModel } from "../../src/index.js";
import { createMullama } from "../../src/integrations/ai-sdk/index.js";
import { smollm2 } from "../support/smollm2.js";

const found = await smollm2();

describe("the AI SDK on SmolLM2", { skip: "missing" in found ? found.missing : false }, () => {
  let model: LoadedModel;
  const mullama = createMullama();
  before(async () => void (model = await load("path" in found ? found.path : "", { contextSize: 1024, threads: 2 })));
  after(() => model.dispose());

  it("goes on with a conversation, of which it computes only what is new", async () => {
    const settings = { model: mullama(model), maxOutputTokens: 20, temperature: 0 } as const;
    const first = streamText({ ...settings, instructions: "Be brief.", prompt: "What is the capital of France?" });
    assert.match(await first.text, /Paris/);
    const { messages } = await first.response;
    const second = await generateText({
      ...settings,
      instructions: "Be brief.",
      messages: [
        { role: "user", content: "What is the capital of France?" },
        ...messages,
        { role: "user", content: "And of Italy?" },
      ],
    });
    assert.match(second.text, /Rome|Italy/);
    const known = (await first.usage).inputTokens ?? 0;
    assert.ok((second.usage.inputTokenDetails.cacheReadTokens ?? 0) >= known - 1, JSON.stringify(second.usage));
  });

  it("calls a tool with what was asked for, and reads what it returns", async () => {
    const weather = tool({
      description: "The weather in a city",
      inputSchema: z.object({ city: z.string().max(20) }),
      execute: ({ city }) => `It is sunny in ${city}.`,
    });
    const { steps } = await generateText({
      model: mullama(model),
      prompt: "What is the weather in Paris?",
      tools: { weather },
      prepareStep: ({ stepNumber }) => ({ toolChoice: stepNumber === 0 ? "required" : "none" }),
      stopWhen: isStepCount(2),
      maxOutputTokens: 60,
      temperature: 0,
      providerOptions: { mullama: { parallelToolCalls: false } },
    });
    assert.deepEqual(
      steps.map(({ finishReason }) => finishReason === "tool-calls"),
      [true, false],
    );
    assert.match(String(steps[0]?.toolResults[0]?.output), /Paris/);
  });
});
