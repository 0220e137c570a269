/** States in memory: what is restored goes on exactly as it would have, and what is damaged or foreign is refused. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Batch } from "../../src/llama/batch.js";
import type { Context } from "../../src/llama/context.js";
import { Model } from "../../src/llama/model.js";
import type { SequenceStateOptions } from "../../src/llama/state.js";
import { assertClose } from "../support/numbers.js";
import { tinyGemma, tinyHybrid, tinyLlama, tinyMamba } from "../support/tiny-models.js";
import { TinyRandom } from "../support/tiny-random.js";

const models = {
  llama: Model.load(tinyLlama().path),
  gemma: Model.load(tinyGemma().path),
  mamba: Model.load(tinyMamba().path),
  hybrid: Model.load(tinyHybrid().path),
};
const { llama } = models;
after(() => Object.values(models).forEach((model) => model.dispose()));

/** The cache holds f16, and cells may lie in another order than before. Logits spread over about 10. */
const TOLERANCE = 1e-2;
const PROMPT = Array.from({ length: 40 }, (_, index) => 30 + ((index * 7) % 90));
const NEXT = [33, 44, 55];

function create(model: Model): Context {
  return model.createContext({ contextSize: 512, maxSequences: 2, swaFull: false });
}

/** What each of the next tokens of a sequence gives. */
function goOn(context: Context, sequence = 0): number[] {
  return NEXT.flatMap((token) => {
    using batch = new Batch({ capacity: 1 });
    batch.add(token, {
      position: (context.memory.range(sequence)?.last ?? -1) + 1,
      sequences: [sequence],
      output: true,
    });
    context.decode(batch);
    return [...context.logits()];
  });
}

for (const [name, model] of Object.entries(models)) {
  test(`a whole state goes on in another context as in its own: ${name}`, async () => {
    using first = create(model);
    first.decode(PROMPT);
    assert.ok(first.state.size > 0);
    const saved = first.state.save();
    assert.deepEqual(await first.state.saveAsync(), saved);
    const expected = goOn(first);
    using second = create(model);
    second.decode([5, 6, 7]);
    second.state.load(saved);
    assert.deepEqual(second.memory.range(0)?.last, PROMPT.length - 1);
    assertClose(goOn(second), expected, TOLERANCE);
    await second.state.loadAsync(saved);
    assertClose(goOn(second), expected, TOLERANCE);
  });

  test(`a sequence's state goes on under another id: ${name}`, () => {
    using first = create(model);
    first.decode(PROMPT);
    assert.ok(first.state.sequenceSize(0) > 0);
    const saved = first.state.saveSequence(0);
    const expected = goOn(first);
    using second = create(model);
    second.decode([5, 6, 7]);
    second.state.loadSequence(saved, 1);
    assert.equal(second.memory.range(0)?.last, 2);
    assertClose(goOn(second, 1), expected, TOLERANCE);
  });

  test(`a state that stays on the device brings a sequence back: ${name}`, () => {
    using context = create(model);
    context.decode(PROMPT);
    const saved = context.state.saveSequence(0, { onDevice: true });
    const expected = goOn(context);
    context.state.loadSequence(saved, 0);
    assertClose(goOn(context), expected, TOLERANCE);
    context.memory.clear();
    context.state.loadSequence(saved, 1);
    assertClose(goOn(context, 1), expected, TOLERANCE);
  });
}

for (const name of ["mamba", "hybrid", "gemma"] as const) {
  test(`a partial state brings back what the cache cannot: ${name}`, () => {
    using context = create(models[name]);
    context.decode(PROMPT);
    const options: SequenceStateOptions = { partialOnly: true };
    const saved = context.state.saveSequence(0, options);
    if (name !== "mamba") assert.ok(context.state.sequenceSize(0, options) < context.state.sequenceSize(0));
    const expected = goOn(context);
    context.state.loadSequence(saved, 0);
    context.memory.remove(0, { from: PROMPT.length });
    assertClose(goOn(context), expected, TOLERANCE);
  });
}

test("a device state is refused where another has taken its place, in another context, and without room", () => {
  using context = create(llama);
  context.decode(PROMPT);
  const old = context.state.saveSequence(0, { onDevice: true });
  goOn(context);
  const recent = context.state.saveSequence(0, { onDevice: true });
  assert.throws(() => context.state.loadSequence(old, 0), { code: "STATE_INVALID" });
  using other = create(llama);
  other.decode(PROMPT);
  other.state.saveSequence(0, { onDevice: true });
  assert.throws(() => other.state.loadSequence(recent, 0), { code: "STATE_INVALID" });
  context.state.loadSequence(recent, 0);
  goOn(context);
});

test("without room for it a device state is refused", () => {
  using context = llama.createContext({ contextSize: 256, maxSequences: 2, kvUnified: true });
  context.decode(Array.from({ length: 150 }, () => 30));
  const saved = context.state.saveSequence(0, { onDevice: true });
  assert.throws(() => context.state.loadSequence(saved, 1), { code: "KV_CACHE_FULL" });
  assert.equal(context.memory.range(0)?.last, 149);
  context.state.loadSequence(saved, 0);
  goOn(context);
});

test("a state of another model or kind is refused, and nothing changes", () => {
  using context = create(llama);
  context.decode(PROMPT);
  using other = Model.load(tinyLlama({ seed: 1, layers: 3 }).path);
  using foreign = create(other);
  foreign.decode(PROMPT);
  const refused: readonly [string, () => void][] = [
    ["foreign", () => context.state.load(foreign.state.save())],
    ["foreign sequence", () => context.state.loadSequence(foreign.state.saveSequence(0), 0)],
    ["sequence as whole", () => context.state.load(context.state.saveSequence(0))],
    ["whole as sequence", () => context.state.loadSequence(context.state.save(), 0)],
    ["no bytes", () => context.state.load("state" as never)],
    ["few bytes", () => context.state.load(new Uint8Array(10))],
  ];
  for (const [what, act] of refused) assert.throws(act, { code: "STATE_INVALID" }, what);
  assert.throws(() => context.state.loadSequence(context.state.saveSequence(0), 2), { code: "ARGUMENT_INVALID" });
  assert.throws(() => context.state.saveSequence(-1), { code: "ARGUMENT_INVALID" });
  assert.throws(() => context.state.saveSequence(0, { partial: true } as never), { code: "ARGUMENT_INVALID" });
  assert.equal(context.memory.range(0)?.last, PROMPT.length - 1);
  goOn(context);
});

test("three hundred damaged states are refused (seeds 1 to 300)", () => {
  using context = create(llama);
  context.decode(PROMPT);
  const whole = context.state.save();
  const sequence = context.state.saveSequence(0);
  for (let seed = 1; seed <= 300; seed++) {
    const random = new TinyRandom(seed);
    const kind = random.below(2);
    const good = kind === 0 ? whole : sequence;
    const bad = random.below(4) === 0 ? good.slice(0, random.below(good.length)) : good.slice();
    // The flags and the reserved word are the only bytes that no digest is of; the flags are looked at below.
    const places = bad.length === good.length ? 1 + random.below(3) : 0;
    for (let count = 0; count < places; count++) {
      const at = random.below(2) === 0 ? random.below(200) : random.below(bad.length);
      bad[at] = ((bad[at] ?? 0) + 1 + random.below(255)) & 255;
    }
    const load = (): void => (kind === 0 ? context.state.load(bad) : context.state.loadSequence(bad, 0));
    assert.throws(load, { code: "STATE_INVALID" }, `seed ${seed}`);
  }
  context.state.load(whole);
  goOn(context);
});

test("a state for a larger context is STATE_LOAD_FAILED, and the context is usable", () => {
  using large = llama.createContext({ contextSize: 1024 });
  large.decode(Array.from({ length: 600 }, () => 30));
  using small = llama.createContext({ contextSize: 256 });
  small.decode(PROMPT);
  assert.throws(() => small.state.load(large.state.save()), { code: "STATE_LOAD_FAILED" });
  assert.throws(() => small.state.loadSequence(large.state.saveSequence(0), 0), { code: "STATE_LOAD_FAILED" });
  small.memory.clear();
  goOn(small);
});

test("sequences that share a recurrent state of which one has gone back are saved one at a time", () => {
  using context = models.hybrid.createContext({
    contextSize: 512,
    maxSequences: 2,
    recurrentSnapshots: 2,
    kvUnified: true,
  });
  context.decode(PROMPT);
  context.memory.copy(0, 1);
  context.state.save();
  assert.equal(context.memory.remove(0, { from: PROMPT.length - 1 }), true);
  assert.throws(() => context.state.save(), { code: "UNSUPPORTED" });
  assert.throws(() => context.state.size, { code: "UNSUPPORTED" });
  context.state.saveSequence(0);
  goOn(context);
  context.memory.clear();
  context.state.save();
});

test("after a copy or a shift a state waits for the decode that carries it out", () => {
  using context = llama.createContext({ contextSize: 512, maxSequences: 2, kvUnified: false });
  context.decode(PROMPT);
  context.memory.copy(0, 1);
  assert.throws(() => context.state.saveSequence(1), { code: "UNSUPPORTED" });
  assert.throws(() => context.state.save(), { code: "UNSUPPORTED" });
  const expected = goOn(context);
  const copied = context.state.saveSequence(1);
  using other = create(llama);
  other.state.loadSequence(copied, 0);
  assertClose(goOn(other), expected, TOLERANCE);
  context.memory.shift(0, {}, 3);
  assert.throws(() => context.state.save(), { code: "UNSUPPORTED" });
  assert.throws(() => context.state.loadSequence(copied, 0), { code: "UNSUPPORTED" });
  goOn(context);
  context.state.loadSequence(copied, 0);
});
