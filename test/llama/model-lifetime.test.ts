/** A model outlives what was made of it, in whatever order its user lets go. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { LoraAdapter } from "../../src/llama/lora-adapter.js";
import { Model } from "../../src/llama/model.js";
import { assertDisposedRefusals } from "../support/disposed-refusals.js";
import { firstLogits } from "../support/first-logits.js";
import { hasCode } from "../support/has-code.js";
import { tinyDirectory, tinyLlama, tinyLora } from "../support/tiny-models.js";

const tiny = tinyLlama();
const tokens = [1, 50, 51, 52, 53];

test("every use of a disposed model is refused", async () => {
  const model = Model.load(tiny.path);
  const { vocab } = model;
  model.dispose();
  await assertDisposedRefusals(model, {
    metadata: ["general.name"],
    save: [join(tinyDirectory(), "disposed.gguf")],
  });
  assert.throws(() => vocab.tokenize("x"), hasCode("DISPOSED"));
  assert.throws(() => LoraAdapter.load(model, tinyLora(tiny)), hasCode("DISPOSED"));
  assert.equal(model.vocab, vocab);
});

test("a model is disposed once, by using, dispose or both", () => {
  const model = Model.load(tiny.path);
  {
    using same = model;
    assert.equal(same.disposed, false);
  }
  assert.equal(model.disposed, true);
  model.dispose();
  model[Symbol.dispose]();
});

test("contexts compute on after their model's disposal, until the last goes", () => {
  const model = Model.load(tiny.path);
  const expected = firstLogits(model);
  const contexts = [1, 2, 3].map(() => model.createContext({ contextSize: 64 }));
  model.dispose();
  for (const context of contexts) {
    context.decode(tokens);
    assert.deepEqual(context.logits().toFloat32Array(), expected);
    context.dispose();
    assert.throws(() => context.decode(tokens), hasCode("DISPOSED"));
  }
});

/** Every order of `items`. */
function orders<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((first, index) => orders(items.toSpliced(index, 1)).map((rest) => [first, ...rest]));
}

test("a model, its context and its adapter are disposed in any order", () => {
  for (const order of orders(["model", "context", "adapter"] as const)) {
    const model = Model.load(tiny.path);
    const context = model.createContext({ contextSize: 64 });
    const adapter = LoraAdapter.load(model, tinyLora(tiny));
    context.decode(tokens);
    const made = { model, context, adapter };
    for (const name of order) {
      made[name].dispose();
      if (!context.disposed) context.decode([50]);
    }
  }
});

test("two models of one file are apart", () => {
  const one = Model.load(tiny.path);
  using other = Model.load(tiny.path);
  const expected = firstLogits(one);
  one.dispose();
  assert.deepEqual(firstLogits(other), expected);
});

test("another object in a model's place is refused", () => {
  assert.throws(() => LoraAdapter.load({} as never, tinyLora(tiny)), hasCode("DISPOSED"));
  using model = Model.load(tiny.path);
  using context = model.createContext({ contextSize: 64 });
  assert.throws(() => LoraAdapter.load(context as never, tinyLora(tiny)), hasCode("ARGUMENT_INVALID", /llama_model/));
  assert.throws(() => Model.prototype.createContext.call({} as never), hasCode("DISPOSED"));
});
