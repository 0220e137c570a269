import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LiveChats } from "../../../src/server/live-chats.js";
import { ask } from "../../support/ask-server.js";
import { tinyLlama } from "../../support/tiny-models.js";
import { post, tinyServer } from "../../support/tiny-server.js";
import { alwaysThinkingTemplate } from "../../support/thinking-server.js";

const control = "/v1/chat/completions/control";

describe("the control of a chat's answer", () => {
  it("reaches the answers of an id, while they are there", () => {
    const chats = new LiveChats();
    let ended = 0;
    const leave = chats.add("a", [{ endReasoning: () => ended++ }, { endReasoning: () => ended++ }]);
    assert.equal(chats.endReasoning("a"), true);
    assert.equal(chats.endReasoning("b"), false);
    leave();
    assert.equal(chats.endReasoning("a"), false);
    assert.equal(ended, 2);
  });

  it("ends a model's thoughts in the middle of a stream", async () => {
    const model = tinyLlama().path;
    await using server = await tinyServer({
      host: "worker",
      models: { thinker: { model, contextSize: 1024, chatTemplate: alwaysThinkingTemplate } },
    });
    const response = await post(server, "/v1/chat/completions", {
      model: "thinker",
      messages: [{ role: "user", content: "hello" }],
      stream: true,
      reasoning_control: true,
      temperature: 0,
      ignore_eos: true,
      max_tokens: 300,
    });
    const reader = response.body?.getReader();
    assert.ok(reader);
    let text = "";
    let told = false;
    while (!/"content":"[^"]/.test(text)) {
      const { done, value } = await reader.read();
      assert.ok(!done, "It thought to its end.");
      text += new TextDecoder().decode(value);
      const [, id] = /"id":"([^"]+)"/.exec(text) ?? [];
      if (told || id === undefined || !text.includes("reasoning_content")) continue;
      told = true;
      assert.deepEqual(await ask(server, control, { id, action: "reasoning_end" }), { success: true });
    }
    assert.ok(told);
    await reader.cancel();
    const { success } = await ask<{ success: boolean }>(server, control, { id: "gone", action: "reasoning_end" });
    assert.equal(success, false);
    await ask(server, control, { id: "x", action: "dance" }, 400);
  });
});
