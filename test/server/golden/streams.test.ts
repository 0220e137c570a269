// What each protocol streams, event by event, as it is kept in this folder. `UPDATE_GOLDEN=1` writes the files anew.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RespondOptions } from "../../../src/chat/respond-options.js";
import type { MullamaServer } from "../../../src/server/index.js";
import { assertGolden } from "../../support/golden.js";
import { thinkingTemplate } from "../../support/thinking-server.js";
import { tinyLlama } from "../../support/tiny-models.js";
import { post, tinyServer } from "../../support/tiny-server.js";

const messages = [{ role: "user", content: "hello" }];
const parameters = {
  type: "object",
  properties: { city: { enum: ["Oslo"] } },
  required: ["city"],
  additionalProperties: false,
};
const functions = [{ type: "function", function: { name: "weather", parameters } }];
/** An answer that only a grammar decides, whatever the machine's arithmetic is like. */
const words = { enum: ["one two three"] };
const format = { type: "json_schema", json_schema: { name: "words", schema: words } };
const said = { temperature: 0, seed: 1, stream: true };
const options = { temperature: 0, seed: 1, num_predict: 40 };
/** So many thoughts, then the answer. */
const brief: Forced = { reasoning: { budget: 4 } };

/** What a body cannot say, for answers that the model would not give of its own accord. */
type Forced = Pick<RespondOptions, "toolChoice" | "parallelToolCalls" | "reasoning">;

const streams: Readonly<Record<string, readonly [path: string, body: object, forced?: Forced]>> = {
  "openai-chat": [
    "/v1/chat/completions",
    { ...said, messages, response_format: format, stream_options: { include_usage: true } },
  ],
  "openai-chat-tools": [
    "/v1/chat/completions",
    { ...said, messages, tools: functions, tool_choice: "required", parallel_tool_calls: false },
  ],
  "openai-completions": [
    "/v1/completions",
    { ...said, prompt: "hello", grammar: 'root ::= "one two three"', max_tokens: 40 },
  ],
  "openai-responses": [
    "/v1/responses",
    {
      stream: true,
      temperature: 0,
      input: "hello",
      text: { format: { type: "json_schema", name: "words", schema: { const: { a: "one" } } } },
    },
  ],
  "openai-responses-tools": [
    "/v1/responses",
    {
      stream: true,
      temperature: 0,
      input: "hello",
      tools: [{ type: "function", name: "weather", parameters }],
      tool_choice: "required",
      parallel_tool_calls: false,
    },
  ],
  "openai-responses-reasoning": [
    "/v1/responses",
    {
      model: "thinker",
      stream: true,
      temperature: 0,
      input: "hello",
      reasoning: { effort: "low" },
      text: { format: { type: "json_schema", name: "words", schema: words } },
    },
    brief,
  ],
  "anthropic-messages": [
    "/v1/messages",
    {
      stream: true,
      temperature: 0,
      messages,
      max_tokens: 40,
      output_config: { format: { type: "json_schema", schema: words } },
    },
  ],
  "anthropic-messages-tools": [
    "/v1/messages",
    {
      stream: true,
      temperature: 0,
      messages,
      max_tokens: 80,
      tools: [{ name: "weather", input_schema: parameters }],
      tool_choice: { type: "any", disable_parallel_tool_use: true },
    },
  ],
  "anthropic-messages-thinking": [
    "/v1/messages",
    {
      model: "thinker",
      stream: true,
      messages,
      max_tokens: 24,
      temperature: 0,
      thinking: { type: "enabled", budget_tokens: 4 },
    },
  ],
  "ollama-chat": ["/api/chat", { messages, format: words, options }],
  "ollama-chat-tools": [
    "/api/chat",
    { messages, tools: functions, options: { ...options, num_predict: 80 } },
    { toolChoice: "required", parallelToolCalls: false },
  ],
  "ollama-chat-thinking": ["/api/chat", { model: "thinker", messages, think: true, format: words, options }, brief],
  "ollama-generate": ["/api/generate", { prompt: "hello", format: words, options }],
  "ollama-generate-thinking": [
    "/api/generate",
    { model: "thinker", prompt: "hello", think: true, format: words, options },
    brief,
  ],
  "llama-server-completion": [
    "/completion",
    { ...said, prompt: "hello", grammar: 'root ::= "one two three"', n_predict: 40, return_tokens: true },
  ],
};

/** Ids, times and speeds are different each time. */
function masked(text: string): string {
  return text
    .replaceAll(/"(chatcmpl-|cmpl-|resp_|msg_|rs_|fc_)[\w-]{32,}"/g, '"$1ID"')
    .replaceAll(/"(id|call_id)":"\w{9}"/g, '"$1":"ID"')
    .replaceAll(/"(created|created_at)":(\d+|"[^"]+")/g, '"$1":0')
    .replaceAll(/"((?:\w+_)?(?:ms|duration|per_second))":[\d.e+-]+/g, '"$1":0');
}

/** Has a model answer with more options than its route gives. */
async function force({ services }: MullamaServer, name: string, forced: Forced | undefined): Promise<void> {
  if (forced === undefined) return;
  await services.pool.use(name, async (model) => {
    const respond = model.respond.bind(model);
    model.respond = (conversation, given) => respond(conversation, { ...given, ...forced });
  });
}

describe("the streams", () => {
  const thinker = { model: tinyLlama({ contextSize: 4096 }).path, contextSize: 4096, chatTemplate: thinkingTemplate };

  for (const [name, [path, body, forced]] of Object.entries(streams)) {
    it(`of ${name} are as they were`, async () => {
      // One of its own, so that nothing is in its cache.
      await using server = await tinyServer({ models: { thinker } });
      const request = { model: "tiny", ...body };
      await force(server, request.model, forced);
      const response = await post(server, path, request);
      const text = await response.text();
      assert.equal(response.status, 200, text);
      assertGolden(`server/golden/${name}.txt`, masked(text));
    });
  }
});
