import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MullamaError } from "../../../src/errors.js";
import { LONGEST_MS } from "../../../src/chat/patience.js";
import type { JsonSchema } from "../../../src/chat/schema/json-schema.js";
import { schemaToGrammar } from "../../../src/chat/schema/schema-grammar.js";

const words = (count: number): string[] => Array.from({ length: count }, (_, index) => `w${index}`);

/** Definitions each of which is made of the next one. */
function chain(length: number, link: (next: JsonSchema) => JsonSchema): JsonSchema {
  const links = words(length).map((name, index) => [name, link({ $ref: `#/$defs/w${index + 1}` })] as const);
  return { $defs: { ...Object.fromEntries(links), [`w${length}`]: { type: "null" } }, $ref: "#/$defs/w0" };
}

const schemas: Readonly<Record<string, JsonSchema>> = {
  "an escape that is no text": { $ref: "#/%E0%A4%A" },
  "a pattern of exponential size": { type: "string", pattern: "^(a|b)*a(a|b){20}$" },
  "nested repetitions": { type: "string", pattern: "^((((a{1,100}){1,100}){1,100}){1,100}){1,100}$" },
  "a repetition without end": { type: "string", pattern: "^a{1,1000000000}$" },
  "an endless choice": { type: "string", pattern: `(${"a|".repeat(200_000)}b)` },
  "letters of all languages": { type: "string", pattern: "^[\\p{L}\\p{N}]{1,1000}$" },
  "parentheses only": { type: "string", pattern: "(".repeat(100_000) + ")".repeat(100_000) },
  "patterns that hold together": {
    type: "string",
    allOf: Array.from({ length: 12 }, (_, index) => ({ pattern: `^(.{${index + 3}})*$` })),
  },
  "more values than a grammar has room for": { enum: words(300_000) },
  "a million values": { enum: words(1_000_000) },
  "values that are excluded": { type: "string", not: { enum: words(20_000) } },
  "different values": { type: "array", uniqueItems: true, items: { enum: words(20_000) } },
  "references that fork": chain(30, (next) => ({ anyOf: [next, next] })),
  "references that fork and join": chain(30, (next) => ({ allOf: [next, next] })),
  "long ways": chain(50_000, (next) => next),
  "long ways through objects": chain(50_000, (next) => ({ type: "object", properties: { x: next }, required: ["x"] })),
  "a circle": { $ref: "#" },
  "a billion items": { type: "array", items: { type: "integer" }, minItems: 1e9, maxItems: 1e9 },
  "a billion characters": { type: "string", minLength: 1e9, maxLength: 1e9 },
  "many properties": { type: "object", properties: Object.fromEntries(words(10_000).map((name) => [name, true])) },
  "a small step in a large range": { type: "number", multipleOf: 1e-9, minimum: -1e308, maximum: 1e308 },
  "the largest numbers": { type: "integer", minimum: -1e300, maximum: 1e300 },
  "names of JavaScript's own": JSON.parse(
    '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":true},"required":["__proto__"]}',
  ) as JsonSchema,
  "half a character": { enum: ["\ud800", "a\udfff"] },
};

describe("a schema of someone who means harm", () => {
  for (const [what, schema] of Object.entries(schemas)) {
    it(`is a grammar or a refusal, and soon: ${what}`, () => {
      const begun = performance.now();
      try {
        assert.ok(schemaToGrammar(schema).length < 5e6);
      } catch (error) {
        assert.ok(MullamaError.isInstance(error), String(error));
        assert.ok(error.code === "SCHEMA_UNSUPPORTED" || error.code === "ARGUMENT_INVALID", error.message);
      }
      // Five times what the code allows itself: how fast a machine is must not matter, and without bounds it is minutes.
      assert.ok(performance.now() - begun < 5 * LONGEST_MS);
    });
  }
});
