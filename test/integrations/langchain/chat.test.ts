/** Answers through the real `@langchain/core`, of a model with random weights. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  AIMessage,
  type AIMessageChunk,
  ChatMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
  type UsageMetadata,
} from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import type { LoadedModel, LoadOptions } from "../../../src/index.js";
import { ChatMullama } from "../../../src/integrations/langchain/index.js";
import { tinyChatModel } from "../../support/ai-sdk-model.js";
import { tinyLlama } from "../../support/tiny-models.js";
import { alwaysThinkingTemplate } from "../../support/thinking-server.js";

function usageOf(message: { readonly usage_metadata?: unknown }): UsageMetadata | undefined {
  return message.usage_metadata as UsageMetadata | undefined;
}

async function together(stream: AsyncIterable<AIMessageChunk>): Promise<{ whole: AIMessageChunk; count: number }> {
  let whole: AIMessageChunk | undefined;
  let count = 0;
  for await (const chunk of stream) {
    whole = whole === undefined ? chunk : whole.concat(chunk);
    count++;
  }
  assert.ok(whole !== undefined);
  return { whole, count };
}

describe("ChatMullama", () => {
  let loaded: LoadedModel;
  let model: ChatMullama;
  before(async () => {
    loaded = await tinyChatModel();
    model = new ChatMullama({ model: loaded, maxTokens: 12, temperature: 0 });
  });
  after(() => loaded.dispose());

  it("answers as respond does, and tells what it took", async () => {
    const own = await loaded.respond([{ role: "user", content: "Hello" }], { maxTokens: 12, temperature: 0 }).result;
    const answer = await model.invoke("Hello");
    assert.equal(answer.text, own.text);
    assert.equal(usageOf(answer)?.input_tokens, own.usage.promptTokens);
    assert.equal(usageOf(answer)?.output_tokens, own.usage.completionTokens);
    assert.equal(answer.response_metadata["finish_reason"], own.finishReason);
    assert.equal(answer.response_metadata["model_name"], loaded.name);
    assert.ok("timings" in answer.response_metadata);
  });

  it("streams chunks that add up to the same answer, and tells callbacks", async () => {
    const whole = await model.invoke("Hello");
    const told: string[] = [];
    const handler = { handleLLMNewToken: (token: string) => void told.push(token) };
    const streamed = await together(await model.stream("Hello", { callbacks: [handler] }));
    assert.ok(streamed.count > 2, String(streamed.count));
    assert.equal(streamed.whole.text, whole.text);
    assert.equal(told.join(""), whole.text);
    assert.deepEqual(usageOf(streamed.whole)?.output_tokens, usageOf(whole)?.output_tokens);
    assert.equal(streamed.whole.response_metadata["finish_reason"], whole.response_metadata["finish_reason"]);
  });

  it("is a part of chains, and answers batches", async () => {
    const prompt = ChatPromptTemplate.fromMessages([
      ["system", "You are brief."],
      ["human", "{question}"],
    ]);
    const chain = prompt.pipe(model).pipe(new StringOutputParser());
    const questions = ["one", "two", "three"].map((question) => ({ question }));
    const answers = await chain.batch(questions);
    const alone = await Promise.all(questions.map((question) => chain.invoke(question)));
    assert.deepEqual(answers, alone);
  });

  it("takes the options of a call", async () => {
    const choice = await model.invoke("x", { output: { choice: ["yes and no"] }, maxTokens: 100 });
    assert.equal(choice.text, "yes and no");
    const stopped = await model.invoke("x", { output: { choice: ["yes and no"] }, maxTokens: 100, stop: [" and"] });
    assert.equal(stopped.text, "yes");
    assert.equal(stopped.response_metadata["stop_text"], " and");
    const [one, same] = [3, 3].map((seed) => model.invoke("x", { temperature: 1, seed }));
    assert.equal((await one)?.text, (await same)?.text);
    const cut = await model.invoke("x", { maxTokens: 2, ignoreEos: true });
    assert.equal(usageOf(cut)?.output_tokens, 2);
    assert.equal(cut.response_metadata["finish_reason"], "length");
  });

  it("reads every kind of message", async () => {
    const call = { id: "1", name: "f", args: { a: 1 } };
    const messages = [
      new SystemMessage("s"),
      new HumanMessage({ content: [{ type: "text", text: "h" }] }),
      new AIMessage({
        content: [
          { type: "reasoning", reasoning: "r" },
          { type: "text", text: "a" },
        ],
        tool_calls: [call],
      }),
      new ToolMessage({ content: "t", tool_call_id: "1", name: "f" }),
      new ChatMessage("c", "user"),
    ];
    const own = [
      { role: "system", content: "s" },
      { role: "user", content: "h" },
      { role: "assistant", content: "a", reasoning: "r", toolCalls: [{ id: "1", name: "f", arguments: { a: 1 } }] },
      { role: "tool", content: "t", toolCallId: "1", toolName: "f" },
      { role: "user", content: "c" },
    ];
    const { usage } = await loaded.respond(own, { maxTokens: 1, temperature: 0 }).result;
    const answer = await model.invoke(messages, { maxTokens: 1 });
    assert.equal(usageOf(answer)?.input_tokens, usage.promptTokens);
  });

  it("counts tokens with the model's own tokenizer", async () => {
    const tokens = await loaded.tokenize("some words", { addSpecial: false });
    assert.equal(await model.getNumTokens("some words"), tokens.length);
  });

  it("fails at once with what is wrong", async () => {
    const image = new HumanMessage({ content: [{ type: "image_url", image_url: "data:image/png;base64,AA" }] });
    await assert.rejects(model.invoke([image]), { code: "UNSUPPORTED" });
    await assert.rejects(model.invoke("x", { temperature: -5 }), { code: "ARGUMENT_INVALID" });
    await assert.rejects(model.invoke("word ".repeat(5000)), { code: "PROMPT_TOO_LONG" });
    await assert.rejects(async () => together(await model.stream([image])), { code: "UNSUPPORTED" });
    assert.throws(() => new ChatMullama({ model: "" }), { code: "ARGUMENT_INVALID" });
  });

  it("asks the model once where asking again cannot help", async () => {
    let attempts = 0;
    class Counted extends ChatMullama {
      override _generate(...asked: Parameters<ChatMullama["_generate"]>): ReturnType<ChatMullama["_generate"]> {
        attempts++;
        return super._generate(...asked);
      }
    }
    await using counted = new Counted({
      model: tinyLlama({ contextSize: 512 }).path,
      load: { threads: 1 },
      maxRetries: 6,
    });
    await assert.rejects(counted.invoke("x", { temperature: -5 }), { code: "ARGUMENT_INVALID" });
    assert.equal(attempts, 1);
  });

  it("stops when it is told to", async () => {
    await assert.rejects(model.invoke("x", { signal: AbortSignal.abort() }), /abort/i);
    const stop = new AbortController();
    await assert.rejects(async () => {
      for await (const _chunk of await model.stream("x", { signal: stop.signal, maxTokens: 3000, ignoreEos: true }))
        stop.abort();
    }, /abort/i);
    for await (const _chunk of await model.stream("x", { maxTokens: 3000, ignoreEos: true })) break;
    assert.ok((await model.invoke("x")).usage_metadata !== undefined);
  });

  it("puts thoughts into standard blocks", async () => {
    await using thinker = await tinyChatModel({ template: alwaysThinkingTemplate });
    const thinking = new ChatMullama({ model: thinker, temperature: 0, maxTokens: 40, reasoning: { budget: 5 } });
    const answer = await thinking.invoke("x");
    const [first] = answer.contentBlocks;
    assert.equal(first?.type, "reasoning");
    const { whole } = await together(await thinking.stream("x"));
    assert.deepEqual(
      whole.contentBlocks.map(({ type }) => type),
      answer.contentBlocks.map(({ type }) => type),
    );
    assert.equal(whole.text, answer.text);
  });
});

describe("a model by its name", () => {
  it("is loaded on its first use, once, and freed", async () => {
    const { path } = tinyLlama({ contextSize: 512 });
    const seen: number[] = [];
    const load: LoadOptions = {
      threads: 1,
      chatTemplate: "chatml",
      onProgress: (progress) => void (progress.phase === "load" && seen.push(progress.progress)),
    };
    const model = new ChatMullama({ model: path, load, maxTokens: 3 });
    assert.equal(seen.length, 0);
    await model.batch(["a", "b"]);
    assert.ok(seen.length > 0);
    assert.deepEqual(seen, [...new Set(seen)].sort(), "two loads would begin twice");
    await model.dispose();
    await assert.rejects(model.invoke("x"), { code: "DISPOSED" });
    await assert.rejects(new ChatMullama({ model: "./none.gguf" }).invoke("x"), { code: "MODEL_NOT_FOUND" });
  });
});
