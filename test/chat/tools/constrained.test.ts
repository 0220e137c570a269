/** A model with random weights, held to calls by grammar, in the form of every template: its arguments are always valid. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { ChatFormat } from "../../../src/chat/chat-format.js";
import { respond } from "../../../src/chat/respond.js";
import type { JsonSchemaObject } from "../../../src/chat/schema/json-schema.js";
import { parametersOf, type ToolDefinition } from "../../../src/chat/tools/tool-definition.js";
import { EngineClient } from "../../../src/engine/hosts/engine-client.js";
import { bundleTemplates, endNames } from "../../support/bundle-templates.js";
import { tinyLlama } from "../../support/tiny-models.js";
import { TinyRandom } from "../../support/tiny-random.js";

const templates = bundleTemplates();
const ANSWERS = 3;
const MOST = 400;

describe("calls under a grammar", { skip: templates.length === 0 && "llama.cpp's source cannot be had" }, () => {
  let client: EngineClient;
  let whole = 0;
  before(async () => {
    const { path } = tinyLlama({ contextSize: 16_384 });
    client = await EngineClient.start("inline", { path, parallel: 8, contextSize: 16_384, threads: 1 });
  });
  after(async () => {
    await client.dispose();
    assert.ok(whole > templates.length * 2, `only ${whole} answers came to an end`);
  });

  for (const { name, source } of templates) {
    it(name, async () => {
      const random = new TinyRandom(Number(process.env["MULLAMA_SEED"] ?? 1) + name.length);
      const { specialTokens } = client.info;
      const format = new ChatFormat({ template: source, specialTokens: { ...specialTokens, ends: endNames } });
      const tools = [randomTool("first_tool", random), randomTool("second", random)];
      const asked = Array.from({ length: ANSWERS }, async (_, seed) => {
        const answer = await respond({ client, format }, [{ role: "user", content: "Do it." }], {
          tools,
          toolChoice: seed === 0 ? { name: "second" } : "required",
          parallelToolCalls: seed === 2,
          seed,
          // A random model would think for ever.
          reasoning: seed === 0 ? { budget: 5 } : false,
          temperature: 1,
          maxTokens: MOST,
        }).result;
        if (answer.usage.completionTokens >= MOST) return;
        whole++;
        const text = answer.seen.text.slice(-900);
        assert.ok(answer.toolCalls.length > 0, text);
        if (seed === 0) assert.deepEqual([...new Set(answer.toolCalls.map((call) => call.name))], ["second"]);
        if (seed === 1) assert.equal(answer.toolCalls.length, 1);
        for (const call of answer.toolCalls) {
          const tool = tools.find((one) => one.name === call.name);
          assert.ok(tool, `there is a tool ${call.name}: ${text}`);
          const validate = validator(parametersOf(tool) as JsonSchemaObject);
          assert.ok(
            validate(call.arguments),
            `${JSON.stringify(call.arguments)} for ${JSON.stringify(tool.parameters)}: ${JSON.stringify(validate.errors)}\n${text}`,
          );
        }
      });
      await Promise.all(asked);
    });
  }
});

const kinds: readonly JsonSchemaObject[] = [
  { type: "string", maxLength: 6 },
  { type: "string", minLength: 2, maxLength: 5, description: "A name" },
  { type: "string", pattern: "^[a-f]{1,3}-\\d$" },
  { type: "string", format: "date" },
  { enum: ["red", '"quoted"', 7, true, null, "</arg_value>"] },
  { const: "always" },
  { type: "integer", minimum: -5, maximum: 50 },
  { type: "number", minimum: 0, maximum: 1, multipleOf: 0.25 },
  { type: "boolean" },
  { type: ["null", "string"], maxLength: 4 },
  {
    anyOf: [
      { type: "integer", minimum: 0, maximum: 9 },
      { type: "string", maxLength: 3 },
    ],
  },
  { type: "array", items: { type: "integer", minimum: 0, maximum: 99 }, maxItems: 3 },
  { type: "array", prefixItems: [{ type: "string", maxLength: 3 }, { type: "boolean" }], items: false, minItems: 2 },
  {
    type: "object",
    properties: { deep: { type: "string", maxLength: 4 }, flag: { type: "boolean" } },
    required: ["deep"],
    additionalProperties: false,
  },
  { $ref: "#/$defs/pair" },
];

/** A tool whose arguments are of any kind. */
function randomTool(name: string, random: TinyRandom): ToolDefinition {
  const keys = ["city", "a-b", "n", "x_1"].slice(0, 1 + random.below(4));
  return {
    name,
    description: "Does it",
    parameters: {
      type: "object",
      properties: Object.fromEntries(keys.map((key) => [key, kinds[random.below(kinds.length)]])),
      required: keys.filter(() => random.below(2) === 0),
      additionalProperties: false,
      $defs: {
        pair: { type: "object", properties: { a: { type: "boolean" } }, required: ["a"], additionalProperties: false },
      },
    },
  };
}

function validator(schema: JsonSchemaObject): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, multipleOfPrecision: 6, logger: false });
  addFormats.default(ajv);
  return ajv.compile(schema);
}
