/** What models of each family write is told apart, however it comes, and allowed by the grammar that calls are held to. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AnswerEvent, MarkedAnswerParser } from "../../../src/chat/answer/answer-parser.js";
import { HarmonyAnswerParser } from "../../../src/chat/answer/harmony-parser.js";
import { ChatFormat } from "../../../src/chat/chat-format.js";
import { toolGrammar } from "../../../src/chat/grammar/answer-grammar.js";
import type { ToolDefinition } from "../../../src/chat/tools/tool-definition.js";
import { Sampler } from "../../../src/llama/sampler.js";
import { bundleTemplates, endNames } from "../../support/bundle-templates.js";
import { tinyLlama } from "../../support/tiny-models.js";
import { loadVocabulary } from "../../support/tiny-vocabulary.js";
import { transcripts } from "../../support/transcripts.js";

const templates = new Map(bundleTemplates().map(({ name, source }) => [name, source]));
const { vocab } = loadVocabulary(tinyLlama().path);
const text = { type: "string", description: "A text" } as const;

const tools: readonly ToolDefinition[] = [
  {
    name: "get_weather",
    description: "The weather",
    parameters: {
      type: "object",
      properties: { city: text, days: { type: "integer", description: "How many" } },
      required: ["city"],
    },
  },
  {
    name: "search",
    description: "Searches",
    parameters: {
      type: "object",
      properties: { query: text, tags: { type: "array", items: text, description: "What for" } },
      required: ["query"],
    },
  },
  {
    name: "run_python",
    description: "Runs code",
    parameters: { type: "object", properties: { code: text }, required: ["code"] },
  },
];

const specialTokens = {
  bos: { token: 1, text: "<s>" },
  eos: { token: 2, text: "</s>" },
  addBos: false,
  control: endNames,
  userDefined: [],
  ends: endNames,
  infill: undefined,
};

describe("answers of", { skip: templates.size === 0 && "llama.cpp's source cannot be had" }, () => {
  for (const { template, what, wrote, thinks, liberties, ...expected } of transcripts) {
    it(`${template}: ${what}`, () => {
      const source = templates.get(template);
      assert.ok(source, "the template is in the source");
      const { traits, syntax } = new ChatFormat({ template: source, specialTokens });
      for (const size of [1, 3, wrote.length]) {
        const parser = traits.harmony
          ? new HarmonyAnswerParser(tools)
          : new MarkedAnswerParser({ syntax, inReasoning: thinks === true, tools });
        const events: AnswerEvent[] = [];
        for (let at = 0; at < wrote.length; at += size) events.push(...parser.push(wrote.slice(at, at + size)));
        events.push(...parser.finish());
        const joined = (type: "text" | "reasoning"): string =>
          events
            .map((event) => (event.type === type ? event.text : ""))
            .join("")
            .trim();
        const calls = events.flatMap((event) =>
          event.type === "tool-call" ? [[event.call.name, event.call.arguments] as const] : [],
        );
        assert.deepEqual(calls, expected.calls ?? [], `${size} at a time`);
        assert.equal(joined("reasoning"), expected.reasoning ?? "", `${size} at a time`);
        if (expected.calls === undefined || expected.text !== undefined)
          assert.equal(joined("text"), expected.text ?? "", `${size} at a time`);
      }
      if (liberties === true) return;
      const begin = { traits, inReasoning: thinks === true, mayReason: true };
      const grammar = toolGrammar(begin, tools, "auto", true);
      assert.ok(grammar?.triggers);
      using sampler = Sampler.grammarLazy(vocab, grammar.text, grammar.triggers);
      const ended = wrote.replace(/<\|(?:call|return)\|>$/, "");
      for (const token of vocab.tokenize(ended, { addSpecial: false })) sampler.accept(token);
    });
  }
});
