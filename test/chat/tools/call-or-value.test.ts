/** A model with random weights that may call a tool or give a value, in the form of every template: it does one of them. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ChatFormat } from "../../../src/chat/chat-format.js";
import { respond } from "../../../src/chat/respond.js";
import type { JsonSchemaObject } from "../../../src/chat/schema/json-schema.js";
import { EngineClient } from "../../../src/engine/hosts/engine-client.js";
import { bundleTemplates, endNames } from "../../support/bundle-templates.js";
import { tinyLlama } from "../../support/tiny-models.js";

const templates = bundleTemplates();
const SEEDS = 4;
const schema: JsonSchemaObject = {
  type: "object",
  properties: { ok: { type: "boolean" } },
  required: ["ok"],
  additionalProperties: false,
};
const tools = [{ name: "look", description: "Looks", parameters: { ...schema, properties: { ok: { const: 7 } } } }];

describe("a call or a value", { skip: templates.length === 0 && "llama.cpp's source cannot be had" }, () => {
  let client: EngineClient;
  const counts = { calls: 0, values: 0 };
  before(async () => {
    const { path } = tinyLlama({ contextSize: 16_384 });
    client = await EngineClient.start("inline", { path, parallel: SEEDS, contextSize: 16_384, threads: 1 });
  });
  after(async () => {
    await client.dispose();
    assert.ok(counts.calls > templates.length / 2 && counts.values > templates.length / 2, JSON.stringify(counts));
  });

  for (const { name, source } of templates) {
    it(name, async () => {
      const { specialTokens } = client.info;
      const format = new ChatFormat({ template: source, specialTokens: { ...specialTokens, ends: endNames } });
      const asked = Array.from({ length: SEEDS }, async (_, seed) => {
        const answer = await respond({ client, format }, [{ role: "user", content: "Do it." }], {
          tools,
          output: { schema },
          parallelToolCalls: false,
          seed,
          temperature: 2,
          maxTokens: 200,
        }).result;
        if (answer.finishReason === "length") return;
        const seen = answer.seen.text.slice(-500);
        if (answer.toolCalls.length > 0) {
          counts.calls++;
          assert.deepEqual(
            answer.toolCalls.map((call) => [call.name, call.arguments]),
            [["look", { ok: 7 }]],
            seen,
          );
          return;
        }
        counts.values++;
        assert.match(answer.text.trim(), /^\{\s*"ok"\s*:\s*(true|false)\s*\}$/, seen);
      });
      await Promise.all(asked);
    });
  }
});
