/** Random schemas: what a random model writes under their grammars is valid, as an independent validator says. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { schemaToGrammar } from "../../../src/chat/schema/schema-grammar.js";
import type { JsonSchema } from "../../../src/chat/schema/json-schema.js";
import { MullamaError } from "../../../src/errors.js";
import type { GenerationFinish } from "../../../src/engine/protocol.js";
import { EngineRun } from "../../support/engine-run.js";
import { RandomSchema } from "../../support/random-schema.js";
import { tinyLlama } from "../../support/tiny-models.js";
import { TinyRandom } from "../../support/tiny-random.js";

const SCHEMAS = Number(process.env["MULLAMA_SCHEMAS"] ?? 400);
const ANSWERS = 6;

describe("random schemas", () => {
  it("have grammars under which a random model writes valid JSON", async (t) => {
    using run = await EngineRun.load({
      path: tinyLlama({ contextSize: 4096 }).path,
      parallel: 16,
      contextSize: 16_384,
    });
    const random = new RandomSchema(new TinyRandom(Number(process.env["MULLAMA_SEED"] ?? 1)));
    const counts = { valid: 0, cut: 0, refused: 0 };
    for (let number = 0; number < SCHEMAS; number++) {
      const schema = random.schema();
      const validate = validator(schema);
      const grammar = grammarOf(schema);
      if (grammar === undefined) {
        counts.refused++;
        continue;
      }
      const asked = Array.from({ length: ANSWERS }, (_, seed) =>
        run.generate({ prompt: [5 + (number % 200)], grammar, seed, temperature: 1, maxTokens: 900 }),
      );
      run.run();
      for (const id of asked) {
        const { chunks, result, error } = run.outcome(id);
        assert.equal(error, undefined, `${error?.message} for ${JSON.stringify(schema)}`);
        if ((result as GenerationFinish).reason === "length") {
          counts.cut++;
          continue;
        }
        const text = chunks.map((chunk) => chunk.text).join("");
        assert.ok(
          validate(parse(text)),
          `${text} is not valid against ${JSON.stringify(schema)}: ${JSON.stringify(validate.errors)}`,
        );
        counts.valid++;
      }
    }
    t.diagnostic(JSON.stringify(counts));
    assert.ok(counts.valid > SCHEMAS * 3, "too few answers to mean anything");
    assert.ok(counts.refused < SCHEMAS / 4, "too few schemas could be expressed");
  });
});

function validator(schema: JsonSchema): ReturnType<Ajv2020["compile"]> {
  const ajv = new Ajv2020({ strict: false, multipleOfPrecision: 6, logger: false });
  addFormats.default(ajv);
  return ajv.compile(schema);
}

/** Undefined where the schema allows nothing, or what a grammar cannot say. */
function grammarOf(schema: JsonSchema): string | undefined {
  try {
    return schemaToGrammar(schema);
  } catch (error) {
    if (MullamaError.isInstance(error) && error.code === "SCHEMA_UNSUPPORTED") return undefined;
    throw error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return assert.fail(`${JSON.stringify(text)} is not JSON: ${String(error)}`);
  }
}
