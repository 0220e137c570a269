// Messages of Ollama's: how they are read, and how an answer's parts are written as them.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { load } from "../../../src/index.js";
import { isEnd, partsOfChat } from "../../../src/server/ollama/answer/answer-parts.js";
import { messageOf } from "../../../src/server/ollama/chat/answer-message.js";
import { readMessages } from "../../../src/server/ollama/chat/read-messages.js";
import { tinyLlama } from "../../support/tiny-models.js";
import { chatTemplate } from "../../support/tiny-server.js";

describe("messages in Ollama's form", () => {
  it("have calls without ids, and results that are of the first call of their tool that has none", () => {
    const call = (name: string, city: string) => ({ function: { name, arguments: { city } } });
    const read = readMessages([
      { role: "user", content: "hello" },
      {
        role: "assistant",
        thinking: "Hm.",
        tool_calls: [call("sun", "Oslo"), call("rain", "Rome"), call("sun", "Rome")],
      },
      { role: "tool", content: "3", tool_name: "sun" },
      { role: "tool", content: "2" },
      { role: "tool", content: "1", tool_name: "sun" },
    ]);
    assert.deepEqual(read[1], {
      role: "assistant",
      content: "",
      reasoning: "Hm.",
      toolCalls: [
        { id: "call_0", name: "sun", arguments: { city: "Oslo" } },
        { id: "call_1", name: "rain", arguments: { city: "Rome" } },
        { id: "call_2", name: "sun", arguments: { city: "Rome" } },
      ],
    });
    assert.deepEqual(
      read.slice(2).map(({ toolCallId, toolName }) => [toolCallId, toolName]),
      [
        ["call_0", "sun"],
        ["call_1", "rain"],
        ["call_2", "sun"],
      ],
    );
  });

  it("have each call whole, with arguments that keep to the tool's schema", async () => {
    await using model = await load(tinyLlama().path, { host: "inline", contextSize: 1024, threads: 1, chatTemplate });
    const parameters = { type: "object", properties: { city: { enum: ["Oslo"] } }, required: ["city"] };
    const stream = model.respond([{ role: "user", content: "hello" }], {
      tools: [{ name: "weather", parameters }],
      toolChoice: "required",
      parallelToolCalls: false,
      seed: 1,
      maxTokens: 300,
    });
    const messages: unknown[] = [];
    for await (const part of partsOfChat(stream)) {
      if (isEnd(part)) assert.equal(part.reason, "stop");
      else if (part.calls.length > 0) messages.push(messageOf(part, 2));
    }
    const [first] = messages as { message: { tool_calls: { id: string }[] } }[];
    const { id } = first?.message.tool_calls[0] ?? {};
    const call = { id, function: { index: 2, name: "weather", arguments: { city: "Oslo" } } };
    assert.deepEqual(messages, [{ message: { role: "assistant", content: "", tool_calls: [call] } }]);
  });
});
