import assert from "node:assert/strict";
import { test } from "node:test";
import { infillPrompt } from "../../src/chat/infill.js";
import type { EngineClient } from "../../src/engine/hosts/engine-client.js";
import { load } from "../../src/index.js";
import { tinyLlama } from "../support/tiny-models.js";

test("a model for code fills in the middle: it is shown what comes before, then what comes behind", async () => {
  const { path, vocab } = tinyLlama();
  await using model = await load(path, { threads: 1 });
  const [prefix, suffix] = ["int a = ", "; return a"];
  const options = { maxTokens: 8, temperature: 0 };
  const filled = await model.infill({ prefix, suffix, ...options });
  const bare = { addSpecial: false };
  const { bos, fimPre, fimSuf, fimMid } = vocab.special;
  const before = await model.tokenize(prefix, bare);
  const behind = await model.tokenize(suffix, bare);
  const prompt = [bos, fimPre, ...before, fimSuf, ...behind, fimMid];
  const asked = await model.generate(prompt, options);
  assert.equal(filled.text, asked.text);
  assert.equal(filled.usage.promptTokens, prompt.length);
  await assert.rejects(model.infill({ prefix: 1 as never, suffix }), { code: "ARGUMENT_INVALID" });
});

test("a model without the tokens for it says so", async () => {
  const client = { info: { specialTokens: { infill: undefined, addBos: false } } } as unknown as EngineClient;
  await assert.rejects(infillPrompt(client, "a", "b"), { code: "UNSUPPORTED" });
});
