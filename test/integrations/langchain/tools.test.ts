/** Tools and values through the real `@langchain/core`: a grammar makes them right, whatever the weights. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type AIMessageChunk, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { z } from "zod";
import type { LoadedModel } from "../../../src/index.js";
import { ChatMullama } from "../../../src/integrations/langchain/index.js";
import { tinyChatModel } from "../../support/ai-sdk-model.js";

const digit = z.object({ n: z.int().min(0).max(9) });
const json = { type: "object", properties: { n: { type: "integer", minimum: 0, maximum: 9 } }, required: ["n"] };

describe("tools of LangChain", () => {
  let loaded: LoadedModel;
  let model: ChatMullama;
  before(async () => {
    loaded = await tinyChatModel();
    model = new ChatMullama({ model: loaded, temperature: 1, seed: 3, maxTokens: 300, parallelToolCalls: false });
  });
  after(() => loaded.dispose());

  it("are called and answered, again and again", async () => {
    const double = tool(({ n }) => String(2 * n), { name: "double", description: "Doubles", schema: digit });
    const bound = model.bindTools([double], { tool_choice: "any" });
    const messages: BaseMessage[] = [new HumanMessage("x")];
    for (let step = 0; step < 2; step++) {
      const answer = await bound.invoke(messages);
      const [call] = answer.tool_calls ?? [];
      assert.ok(call !== undefined);
      assert.equal(answer.response_metadata["finish_reason"], "tool_calls");
      const { n } = digit.parse(call.args);
      const result = await double.invoke({ ...call, type: "tool_call" });
      assert.equal(result.content, String(2 * n));
      messages.push(answer, result);
    }
    assert.equal(messages.length, 5);
  });

  it("come in every form, and one can be named", async () => {
    const openai = { type: "function", function: { name: "second", parameters: json } };
    const plain = { name: "third", schema: json };
    const tools = [tool(() => "", { name: "first", schema: digit }), openai, plain];
    for (const name of ["first", "second", "third"]) {
      const answer = await model.bindTools(tools, { tool_choice: name }).invoke("x");
      assert.equal(answer.tool_calls?.[0]?.name, name);
      digit.parse(answer.tool_calls?.[0]?.args);
    }
    const choice = { type: "function", function: { name: "second" } };
    const object = await model.bindTools(tools, { tool_choice: choice }).invoke("x");
    assert.equal(object.tool_calls?.[0]?.name, "second");
    const none = await model.bindTools(tools, { tool_choice: "none", maxTokens: 10 }).invoke("x");
    assert.deepEqual(none.tool_calls, []);
    await assert.rejects(model.bindTools(tools, { tool_choice: "fourth" }).invoke("x"), { code: "ARGUMENT_INVALID" });
    assert.throws(() => model.bindTools([{}]), { code: "ARGUMENT_INVALID" });
  });

  it("are called in chunks that add up", async () => {
    const bound = model.bindTools([{ name: "f", schema: json }], { tool_choice: "required" });
    const whole = await bound.invoke("x");
    let streamed: AIMessageChunk | undefined;
    let pieces = 0;
    for await (const chunk of await bound.stream("x")) {
      for (const { index } of chunk.tool_call_chunks ?? []) assert.equal(typeof index, "number");
      pieces += chunk.tool_call_chunks?.length ?? 0;
      streamed = streamed === undefined ? chunk : streamed.concat(chunk);
    }
    assert.ok(pieces > 1);
    assert.equal(streamed?.tool_calls?.length, 1);
    assert.deepEqual(streamed?.tool_calls?.[0]?.args, whole.tool_calls?.[0]?.args);
  });

  it("values keep to a schema of zod, and to a JSON Schema", async () => {
    const typed: { n: number } = await model.withStructuredOutput(digit).invoke("x");
    digit.parse(typed);
    digit.parse(await model.withStructuredOutput(json).invoke("x"));
    const { raw, parsed } = await model.withStructuredOutput(digit, { includeRaw: true }).invoke("x");
    assert.deepEqual(JSON.parse(raw.text), parsed);
    const long = z.object({ text: z.string().min(200) });
    const short = new ChatMullama({ model: loaded, maxTokens: 5 });
    await assert.rejects(short.withStructuredOutput(long).invoke("x"), /parse/);
    const cut = await short.withStructuredOutput(long, { includeRaw: true }).invoke("x");
    assert.equal(cut.parsed, null);
  });
});
