/** Every template that comes with llama.cpp: it writes conversations, and what its model would answer is read. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AnswerEvent, type AnswerParser, MarkedAnswerParser } from "../../src/chat/answer/answer-parser.js";
import { HarmonyAnswerParser } from "../../src/chat/answer/harmony-parser.js";
import { writeCalls } from "../../src/chat/answer/write-calls.js";
import { ChatFormat } from "../../src/chat/chat-format.js";
import type { ChatMessage, ToolCall } from "../../src/chat/message.js";
import type { ToolDefinition } from "../../src/chat/tools/tool-definition.js";
import { bundleTemplates, endNames } from "../support/bundle-templates.js";

const templates = bundleTemplates();
/** Whose calls the template does not write; they are written as its words hint at, or in a form of our own. */
const CALLS_UNSEEN = new Set([
  "HuggingFaceTB-SmolLM3-3B",
  "LFM2-8B-A1B",
  "LFM2.5-Instruct",
  "google-gemma-2-2b-it",
  "ibm-granite-granite-3.3-2B-Instruct",
  "llama-cpp-rwkv-world",
  "microsoft-Phi-3.5-mini-instruct",
]);

const tools: readonly ToolDefinition[] = [
  {
    name: "get_weather",
    description: "The weather",
    parameters: {
      type: "object",
      properties: {
        city: { type: "string", description: "Where" },
        days: { type: "integer", description: "How many" },
        options: { type: "object", description: "What" },
        flag: { type: "boolean", description: "Whether" },
      },
      required: ["city"],
    },
  },
  {
    name: "note",
    description: "Notes something",
    parameters: {
      type: "object",
      properties: { text: { type: "string", description: "What" }, tags: { type: "array", description: "For" } },
    },
  },
];
const calls: readonly ToolCall[] = [
  {
    id: "abcdefgh1",
    name: "get_weather",
    arguments: { city: 'San José, "CA"', days: 3, options: { unit: "°C", deep: [1, 2, { a: null }] }, flag: true },
  },
  { id: "abcdefgh2", name: "note", arguments: { text: "12", tags: ["a", "b"] } },
];
const user: ChatMessage = { role: "user", content: "The question" };
const said: ChatMessage = { role: "assistant", content: "The answer" };

describe("templates", { skip: templates.length === 0 && "llama.cpp's source cannot be had" }, () => {
  it("are there", () => assert.ok(templates.length > 60));

  for (const { name, source } of templates) {
    const format = (): ChatFormat =>
      new ChatFormat({
        template: source,
        specialTokens: {
          bos: { token: 1, text: "<s>" },
          eos: { token: 2, text: "</s>" },
          addBos: false,
          control: endNames,
          userDefined: [],
          ends: endNames,
          infill: undefined,
        },
      });

    it(`${name} writes plain, system, multi-turn and tool conversations`, () => {
      const { traits } = format();
      assert.ok(traits.works, String(traits.problem));
      assert.equal(traits.showsCalls, !CALLS_UNSEEN.has(name));
      const write = (messages: readonly ChatMessage[], given: readonly ToolDefinition[] = []): string =>
        format().prompt(messages, { tools: given }).text;
      assert.ok(write([user]).includes("The question"));
      assert.ok(write([{ role: "system", content: "The rule" }, user]).includes("The rule"));
      const turns = write([user, said, { role: "user", content: "Another" }]);
      for (const text of ["The question", "The answer", "Another"]) assert.ok(turns.includes(text), text);
      const [call] = calls;
      assert.ok(call);
      const result: ChatMessage = { role: "tool", content: "Sunny", toolCallId: call.id, toolName: call.name };
      const asked = write([user, { role: "assistant", content: "", toolCalls: [call] }, result], tools);
      for (const text of ["get_weather", "note", "San Jos", "Sunny"])
        assert.ok(asked.includes(text), `${text}: ${asked}`);
    });

    it(`${name}'s calls are read, however they come`, () => {
      const { traits, syntax } = format();
      const counts = syntax.calls.separator === undefined ? [1] : [1, 2];
      for (const count of counts) {
        const given = calls.slice(0, count);
        const text = writeCalls(given, syntax.calls);
        const whole = traits.harmony
          ? `<|channel|>analysis<|message|>Hm<|end|><|start|>assistant${text}`
          : `${syntax.reasoning.open}\nHm\n${syntax.reasoning.close}\n\n${text}`;
        for (const size of [1, 7, whole.length]) {
          const parser = traits.harmony
            ? new HarmonyAnswerParser(tools)
            : new MarkedAnswerParser({ syntax, inReasoning: false, tools });
          const events = parse(parser, whole, size);
          const read = events.flatMap((event) => (event.type === "tool-call" ? [event.call] : []));
          const plain = ({ name: tool, arguments: value }: ToolCall): unknown => ({ tool, value });
          assert.deepEqual(read.map(plain), given.map(plain), `${size} at a time: ${whole}`);
          assert.equal(textOf(events, "reasoning").trim(), "Hm");
          assert.equal(textOf(events, "text").trim(), "");
        }
      }
    });
  }
});

function parse(parser: AnswerParser, text: string, size: number): AnswerEvent[] {
  const events: AnswerEvent[] = [];
  for (let at = 0; at < text.length; at += size) events.push(...parser.push(text.slice(at, at + size)));
  return [...events, ...parser.finish()];
}

function textOf(events: readonly AnswerEvent[], type: "text" | "reasoning"): string {
  return events.map((event) => (event.type === type ? event.text : "")).join("");
}
