/** Texts through the real `ai` package, from a model with random weights. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { generateText, streamText, UnsupportedFunctionalityError } from "ai";
import { type LoadedModel, MullamaError } from "../../../src/index.js";
import { createMullama, type MullamaLanguageModelOptions } from "../../../src/integrations/ai-sdk/index.js";
import { tinyChatModel } from "../../support/ai-sdk-model.js";

const short = { prompt: "Hello", maxOutputTokens: 12, temperature: 0 } as const;

describe("generateText and streamText", () => {
  let model: LoadedModel;
  const mullama = createMullama();
  before(async () => void (model = await tinyChatModel()));
  after(() => model.dispose());

  it("give what respond gives, and what it took", async () => {
    await model.clearCache();
    const own = await model.respond([{ role: "user", content: "Hello" }], { maxTokens: 12, temperature: 0 }).result;
    const result = await generateText({ model: mullama(model), ...short });
    assert.equal(result.text, own.text);
    assert.notEqual(result.text, "");
    assert.deepEqual([result.finishReason, result.rawFinishReason], ["length", "length"]);
    const { inputTokens, outputTokens, inputTokenDetails, outputTokenDetails } = result.usage;
    assert.deepEqual([inputTokens, outputTokens], [own.usage.promptTokens, 12]);
    assert.ok((inputTokenDetails.cacheReadTokens ?? 0) > 0);
    assert.equal((inputTokenDetails.noCacheTokens ?? 0) + (inputTokenDetails.cacheReadTokens ?? 0), inputTokens);
    assert.equal(outputTokenDetails.reasoningTokens, 0);
    assert.deepEqual(result.warnings, []);
    assert.equal(typeof result.providerMetadata?.["mullama"]?.["timings"], "object");
    assert.equal(result.response.modelId, model.name);
  });

  it("give the same as a stream", async () => {
    const { text } = await generateText({ model: mullama(model), ...short });
    const stream = streamText({ model: mullama(model), ...short });
    const pieces: string[] = [];
    for await (const piece of stream.textStream) pieces.push(piece);
    assert.equal(pieces.join(""), text);
    assert.ok(pieces.length > 1);
    assert.equal(await stream.finishReason, "length");
    assert.equal((await stream.usage).outputTokens, 12);
  });

  it("take seeds, stop sequences, penalties and samplers", async () => {
    const sampled = { ...short, temperature: 1, seed: 7 };
    const [one, same] = [
      await generateText({ model: mullama(model), ...sampled }),
      await generateText({ model: mullama(model), ...sampled }),
    ];
    assert.equal(one.text, same.text);
    const stop = one.text.slice(2, 5);
    const stopped = await generateText({ model: mullama(model), ...sampled, stopSequences: [stop] });
    assert.equal(stopped.finishReason, "stop");
    assert.equal(stopped.text, one.text.slice(0, one.text.indexOf(stop)).trimEnd());
    assert.equal(stopped.providerMetadata?.["mullama"]?.["stopText"], stop);
    const options = { repeatPenalty: 1.5, minP: 0.2, logprobs: 2 } satisfies MullamaLanguageModelOptions;
    const other = await generateText({
      model: mullama(model),
      ...short,
      topK: 5,
      topP: 0.9,
      presencePenalty: 1,
      frequencyPenalty: 2,
      providerOptions: { mullama: options },
    });
    assert.notEqual(other.text, (await generateText({ model: mullama(model), ...short })).text);
    const logprobs = other.providerMetadata?.["mullama"]?.["logprobs"];
    assert.equal(Array.isArray(logprobs) && logprobs.length, 12);
  });

  it("hold an answer to what providerOptions say", async () => {
    const options = { output: { choice: ["yes", "no"] } };
    const { text } = await generateText({ model: mullama(model), ...short, providerOptions: { mullama: options } });
    assert.ok(["yes", "no"].includes(text));
  });

  it("answer many at once, each as if alone", async () => {
    const prompts = Array.from({ length: 8 }, (_, index) => `Number ${index}`);
    const ask = async (prompt: string): Promise<string> =>
      (await generateText({ model: mullama(model), ...short, prompt })).text;
    const alone: string[] = [];
    for (const prompt of prompts) alone.push(await ask(prompt));
    assert.deepEqual(await Promise.all(prompts.map(ask)), alone);
  });

  it("say what is not supported", async () => {
    const { warnings } = await generateText({
      model: mullama(model),
      ...short,
      reasoning: "high",
      headers: { "X-Y": "1" },
    });
    assert.deepEqual(
      warnings?.map((one) => "feature" in one && one.feature),
      ["headers", "reasoning"],
    );
  });

  it("fail at once, not again and again, with what is wrong", async () => {
    const ask = (more: object): Promise<unknown> => generateText({ model: mullama(model), ...short, ...more });
    await assert.rejects(ask({ providerOptions: { mullama: { minp: 1 } } }), /minp.*minP/s);
    await assert.rejects(ask({ providerOptions: { mullama: { minP: 7 } } }), { code: "ARGUMENT_INVALID" });
    await assert.rejects(ask({ topP: 3 }), (error) => MullamaError.isInstance(error));
    await assert.rejects(ask({ prompt: "word ".repeat(5000) }), { code: "PROMPT_TOO_LONG" });
    const image = { type: "file", mediaType: "image/png", data: new Uint8Array([137, 80, 78, 71]) };
    const messages = [{ role: "user", content: [image] }];
    await assert.rejects(ask({ prompt: undefined, messages }), (error) =>
      UnsupportedFunctionalityError.isInstance(error),
    );
    const errors: unknown[] = [];
    const stream = streamText({
      model: mullama(model),
      ...short,
      topP: 3,
      onError: ({ error }) => void errors.push(error),
    });
    await stream.consumeStream();
    assert.ok(MullamaError.isInstance(errors[0]), String(errors[0]));
  });

  it("are stopped by a signal, and the model goes on", async () => {
    await assert.rejects(generateText({ model: mullama(model), ...short, abortSignal: AbortSignal.abort() }), {
      name: "AbortError",
    });
    const controller = new AbortController();
    const stream = streamText({
      model: mullama(model),
      ...short,
      maxOutputTokens: 3000,
      providerOptions: { mullama: { ignoreEos: true } },
      abortSignal: controller.signal,
    });
    const types: string[] = [];
    for await (const part of stream.fullStream) {
      types.push(part.type);
      if (part.type === "text-delta") controller.abort();
    }
    assert.equal(types.at(-1), "abort");
    const late = generateText({
      model: mullama(model),
      ...short,
      maxOutputTokens: 3000,
      providerOptions: { mullama: { ignoreEos: true } },
      abortSignal: AbortSignal.timeout(50),
    });
    await assert.rejects(late, { name: "TimeoutError" });
    assert.equal((await generateText({ model: mullama(model), ...short })).finishReason, "length");
    assert.equal((await model.metrics()).requests.running, 0);
  });
});
