/** Tools and values through the real `ai` package: a grammar makes them right, whatever the weights. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  generateText,
  jsonSchema,
  type LanguageModel,
  NoObjectGeneratedError,
  Output,
  isStepCount,
  streamText,
  tool,
} from "ai";
import { z } from "zod";
import type { LoadedModel } from "../../../src/index.js";
import { createMullama } from "../../../src/integrations/ai-sdk/index.js";
import { tinyChatModel } from "../../support/ai-sdk-model.js";

const sampled = { prompt: "x", temperature: 1, seed: 3, maxOutputTokens: 300 } as const;
const digit = z.object({ n: z.int().min(0).max(9) });

describe("tools of the AI SDK", () => {
  let loaded: LoadedModel;
  let model: LanguageModel;
  before(async () => {
    loaded = await tinyChatModel();
    model = createMullama()(loaded);
  });
  after(() => loaded.dispose());

  it("are called in several steps, and what they return comes back", async () => {
    const seen: number[] = [];
    const tools = {
      double: tool({ inputSchema: digit, execute: ({ n }) => (seen.push(n), { doubled: 2 * n }) }),
      fail: tool({
        inputSchema: digit,
        execute: (): number => {
          throw new Error("broken");
        },
      }),
    };
    const { steps, finishReason } = await generateText({
      model,
      ...sampled,
      tools,
      toolChoice: { type: "tool", toolName: "double" },
      stopWhen: isStepCount(3),
      providerOptions: { mullama: { parallelToolCalls: false } },
    });
    assert.equal(steps.length, 3);
    assert.equal(finishReason, "tool-calls");
    assert.deepEqual(
      steps.flatMap(({ toolResults }) => toolResults.map(({ output }) => output)),
      seen.map((n) => ({ doubled: 2 * n })),
    );
    assert.equal(seen.length, 3);
    const failed = await generateText({
      model,
      ...sampled,
      tools,
      stopWhen: isStepCount(2),
      prepareStep: ({ stepNumber }) => ({ toolChoice: stepNumber === 0 ? { type: "tool", toolName: "fail" } : "none" }),
    });
    assert.equal(failed.steps[0]?.content.at(-1)?.type, "tool-error");
    assert.equal(failed.steps[1]?.toolCalls.length, 0);
  });

  it("come as deltas whose texts are the input", async () => {
    const stream = streamText({
      model,
      ...sampled,
      tools: { double: tool({ inputSchema: digit }) },
      toolChoice: "required",
    });
    const inputs = new Map<string, string>();
    const types = new Set<string>();
    for await (const part of stream.fullStream) {
      types.add(part.type);
      if (part.type === "tool-input-start") inputs.set(part.id, "");
      if (part.type === "tool-input-delta") inputs.set(part.id, `${inputs.get(part.id)}${part.delta}`);
    }
    const calls = await stream.toolCalls;
    assert.ok(calls.length > 0);
    for (const { toolCallId, input } of calls) assert.deepEqual(JSON.parse(inputs.get(toolCallId) ?? ""), input);
    for (const type of ["tool-input-start", "tool-input-delta", "tool-input-end", "tool-call"])
      assert.ok(types.has(type), type);
    assert.equal(await stream.finishReason, "tool-calls");
  });

  it("say that provider's own tools and examples are not known", async () => {
    const { warnings } = await generateText({
      model,
      ...sampled,
      maxOutputTokens: 5,
      tools: {
        double: tool({ inputSchema: digit, inputExamples: [{ input: { n: 1 } }] }),
        search: { type: "provider", isProviderExecuted: true, id: "other.search", args: {}, inputSchema: digit },
      },
    });
    assert.equal(warnings?.length, 2);
  });

  it("give values of a schema, also while they grow", async () => {
    const schema = z.object({ name: z.string().max(5), list: z.array(z.int().min(0).max(9)).min(2).max(2) });
    const { output, finishReason } = await generateText({ model, ...sampled, output: Output.object({ schema }) });
    assert.deepEqual(schema.parse(output), output);
    assert.equal(finishReason, "stop");
    const stream = streamText({ model, ...sampled, output: Output.object({ schema }) });
    const partials: unknown[] = [];
    for await (const partial of stream.partialOutputStream) partials.push(partial);
    assert.ok(partials.length > 1);
    assert.deepEqual(partials.at(-1), output);
    const one = await generateText({ model, ...sampled, output: Output.choice({ options: ["a", "b"] }) });
    assert.ok(["a", "b"].includes(one.output));
    const list = await generateText({ model, ...sampled, output: Output.array({ element: z.boolean() }) });
    assert.ok(list.output.every((item) => typeof item === "boolean"));
  });

  it("give any JSON object where there is no schema", async () => {
    // Random weights go on with names and values for long: what there is must be the beginning of an object.
    const { content } = await createMullama()(loaded).doGenerate({
      prompt: [{ role: "user", content: [{ type: "text", text: "x" }] }],
      responseFormat: { type: "json" },
      maxOutputTokens: 40,
      seed: 3,
    });
    assert.match(content[0]?.type === "text" ? content[0].text : "", /^\{\s*("|\})/);
  });

  it("are called or a value is given, where both are asked for", async () => {
    const tools = { double: tool({ inputSchema: digit, execute: ({ n }) => 2 * n }) };
    const kinds = new Set<string>();
    for (let seed = 0; seed < 12 && kinds.size < 2; seed++) {
      const { steps } = await generateText({
        model,
        ...sampled,
        seed,
        tools,
        output: Output.object({ schema: digit }),
      });
      const [step] = steps;
      if (step?.finishReason === "stop") assert.ok(digit.safeParse(JSON.parse(step.text)).success, step.text);
      else assert.ok((step?.toolResults.length ?? 0) > 0);
      kinds.add(String(step?.finishReason));
    }
    assert.deepEqual([...kinds].sort(), ["stop", "tool-calls"]);
  });

  it("fail where a value was cut off, and where no grammar can be made", async () => {
    const schema = z.object({ text: z.string().min(50) });
    await assert.rejects(
      generateText({ model, ...sampled, maxOutputTokens: 4, output: Output.object({ schema }) }).then((r) => r.output),
      (error) => NoObjectGeneratedError.isInstance(error),
    );
    const strange = jsonSchema({ type: "object", properties: { a: { not: {} } }, required: ["a"] });
    await assert.rejects(generateText({ model, ...sampled, output: Output.object({ schema: strange }) }), {
      name: "AI_UnsupportedFunctionalityError",
    });
  });
});
