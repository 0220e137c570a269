/** Values of the schema libraries' types, from a model with random weights. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { jsonSchema, load, type LoadedModel } from "../../../src/index.js";
import { tinyLlama } from "../../support/tiny-models.js";

const sampled = { temperature: 1, maxTokens: 400 };

describe("generated values", () => {
  let model: LoadedModel;
  before(async () => {
    const { path } = tinyLlama({ contextSize: 4096 });
    model = await load(path, { threads: 1, contextSize: 4096, chatTemplate: "chatml" });
  });
  after(() => model.dispose());

  it("have the type of a zod schema", async () => {
    const schema = z.object({ name: z.string().max(5), age: z.int().min(0).max(99), kind: z.enum(["a", "b"]) });
    const { object, finishReason } = await model.generateObject("x", { schema, ...sampled, seed: 1 });
    const kind: "a" | "b" = object.kind;
    assert.deepEqual(schema.parse(object), object);
    assert.ok(["a", "b"].includes(kind));
    assert.equal(finishReason, "stop");
  });

  it("have the type of a valibot schema", async () => {
    const schema = v.object({ name: v.pipe(v.string(), v.maxLength(4)), done: v.boolean() });
    const { object } = await model.generateObject("x", { schema, ...sampled, seed: 2 });
    assert.equal(typeof object.done, "boolean");
    assert.ok(v.is(schema, object));
  });

  it("have the type of an arktype schema", async () => {
    const schema = type({ name: "string <= 4", "count?": "0 <= number.integer <= 9" });
    const { object } = await model.generateObject("x", { schema, ...sampled, seed: 3 });
    assert.ok(object.name.length <= 4);
  });

  it("come element by element, where they are lists", async () => {
    const schema = z
      .array(z.object({ n: z.int().min(0).max(99) }))
      .min(2)
      .max(4);
    const stream = model.streamObject("x", { schema, ...sampled, seed: 5 });
    const elements: { n: number }[] = [];
    for await (const element of stream.elements) elements.push(element);
    assert.deepEqual(elements, (await stream.result).object);
    const single = model.streamObject("x", { schema: z.object({ n: z.int().min(0).max(9) }), ...sampled });
    await assert.rejects(async () => {
      for await (const element of single.elements) assert.fail(String(element));
    }, /list/);
  });

  it("have the type that a JSON Schema is given", async () => {
    const schema = jsonSchema<{ ok: boolean }>({
      type: "object",
      properties: { ok: { type: "boolean" } },
      required: ["ok"],
    });
    const { object } = await model.generateObject("x", { schema, ...sampled, seed: 4 });
    assert.equal(typeof object.ok, "boolean");
  });

  it("are shown while they grow", async () => {
    const schema = z.object({ list: z.array(z.string().max(4)).min(3).max(3), end: z.boolean() });
    const stream = model.streamObject("x", { schema, ...sampled, seed: 5 });
    const seen: unknown[] = [];
    for await (const part of stream) seen.push(part);
    const { object } = await stream.result;
    assert.ok(seen.length > 3);
    assert.deepEqual(seen.at(-1), object);
  });

  it("that were cut off, or break the schema's own checks, are errors", async () => {
    const long = z.object({ text: z.string().min(500) });
    await assert.rejects(model.generateObject("x", { schema: long, maxTokens: 20 }), { code: "OUTPUT_INVALID" });
    const never = z.object({ n: z.int().min(0).max(9) }).refine(() => false, "never");
    await assert.rejects(model.generateObject("x", { schema: never, ...sampled }), { code: "OUTPUT_INVALID" });
    await assert.rejects(model.generateObject("x", { schema: { not: {} } }), { code: "SCHEMA_UNSUPPORTED" });
    await assert.rejects(model.generateObject("x", { schema: 5 as never }), { code: "ARGUMENT_INVALID" });
  });

  it("match a regular expression, or are one of several", async () => {
    const messages = [{ role: "user", content: "x" }];
    const regex = /[A-C]{2}-\d{3}/;
    const { text } = await model.respond(messages, { output: { regex }, ...sampled }).result;
    assert.match(text, /^[A-C]{2}-\d{3}$/);
    const { choice, probabilities } = await model.choose("x", ["yes", "no", "maybe"]);
    assert.ok(["yes", "no", "maybe"].includes(choice));
    assert.ok(Math.abs(probabilities.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-9);
    await assert.rejects(model.choose("x", []), { code: "ARGUMENT_INVALID" });
  });
});
