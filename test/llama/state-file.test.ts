/**
 * States in files. `trusted: true` hands a file to C without its seal being looked at, and C asserts on some damage: what is
 * tried of that here are files of other kinds and cut ones, that C refuses by itself.
 */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { Model } from "../../src/llama/model.js";
import { assertClose } from "../support/numbers.js";
import { tinyDirectory, tinyHybrid, tinyLlama } from "../support/tiny-models.js";
import { TinyRandom } from "../support/tiny-random.js";

const TOLERANCE = 1e-2;
const llama = Model.load(tinyLlama().path);
const hybrid = Model.load(tinyHybrid().path);
const folder = join(tinyDirectory(), "states");
mkdirSync(folder);
after(() => [llama, hybrid].forEach((model) => model.dispose()));

const PROMPT = Array.from({ length: 30 }, (_, index) => 30 + index);

for (const [name, model] of Object.entries({ llama, hybrid })) {
  test(`a file brings back the whole context and its tokens: ${name}`, async () => {
    using first = model.createContext({ contextSize: 256 });
    first.decode(PROMPT);
    const path = join(folder, `${name}.state`);
    first.state.saveFile(path, PROMPT);
    const bytes = readFileSync(path);
    await first.state.saveFileAsync(path, PROMPT);
    assert.deepEqual(readFileSync(path), bytes);
    first.decode([50]);
    const expected = first.logits().toFloat32Array();
    using second = model.createContext({ contextSize: 256 });
    assert.deepEqual([...second.state.loadFile(path)], PROMPT);
    second.decode([50]);
    assertClose(second.logits(), expected, TOLERANCE);
    assert.deepEqual([...(await second.state.loadFileAsync(path))], PROMPT);
    second.decode([50]);
    assertClose(second.logits(), expected, TOLERANCE);
    rmSync(`${path}.seal`);
    assert.throws(() => second.state.loadFile(path), { code: "STATE_INVALID" });
    assert.deepEqual([...second.state.loadFile(path, { trusted: true })], PROMPT);
  });

  test(`a file brings back a sequence under another id: ${name}`, () => {
    using first = model.createContext({ contextSize: 512, maxSequences: 2 });
    first.decode(PROMPT);
    const path = join(folder, `${name}-sequence.state`);
    first.state.saveSequenceFile(path, 0, PROMPT);
    assert.deepEqual([...first.state.loadSequenceFile(path, 1)], PROMPT);
    assert.equal(first.memory.range(1)?.last, PROMPT.length - 1);
    assert.throws(() => first.state.loadFile(path), { code: "STATE_INVALID" });
  });
}

test("a file without tokens has none", () => {
  using context = llama.createContext({ contextSize: 256 });
  context.decode(PROMPT);
  const path = join(folder, "no-tokens.state");
  context.state.saveFile(path);
  assert.equal(context.state.loadFile(path).length, 0);
  context.state.saveSequenceFile(path, 0);
  assert.equal(context.state.loadSequenceFile(path, 0).length, 0);
});

test("what cannot be saved leaves nothing behind", async () => {
  using context = llama.createContext({ contextSize: 256 });
  context.decode(PROMPT);
  const closed = join(folder, "closed");
  mkdirSync(closed);
  chmodSync(closed, 0o500);
  // The superuser writes everywhere: a folder in the file's place stops it as well.
  const taken = join(folder, "taken");
  mkdirSync(join(taken, "inside"), { recursive: true });
  for (const path of [join(folder, "none", "a.state"), taken]) {
    assert.throws(() => context.state.saveFile(path, PROMPT), { code: "SAVE_FAILED" });
    await assert.rejects(context.state.saveFileAsync(path, PROMPT), { code: "SAVE_FAILED" });
    assert.throws(() => context.state.saveSequenceFile(path, 0), { code: "SAVE_FAILED" });
  }
  if (process.getuid?.() !== 0)
    assert.throws(() => context.state.saveFile(join(closed, "a.state")), { code: "SAVE_FAILED" });
  assert.deepEqual(
    readdirSync(folder).filter((name) => /tmp|none|taken\./.test(name)),
    [],
  );
  assert.throws(() => context.state.saveFile("a\0b"), { code: "ARGUMENT_INVALID" });
  assert.throws(() => context.state.saveFile(join(folder, "b.state"), [-1]), { code: "ARGUMENT_INVALID" });
  context.decode([5]);
});

test("a missing file, a foreign one and wrong options are refused", async () => {
  using context = llama.createContext({ contextSize: 256 });
  context.decode(PROMPT);
  using other = hybrid.createContext({ contextSize: 256 });
  other.decode(PROMPT);
  const path = join(folder, "other.state");
  other.state.saveFile(path);
  assert.throws(() => context.state.loadFile(path), { code: "STATE_INVALID" });
  await assert.rejects(context.state.loadFileAsync(path), { code: "STATE_INVALID" });
  for (const trusted of [false, true]) {
    assert.throws(() => context.state.loadFile(join(folder, "missing"), { trusted }), { code: "STATE_INVALID" });
    assert.throws(() => context.state.loadSequenceFile(join(folder, "missing"), 0, { trusted }), {
      code: "STATE_INVALID",
    });
  }
  assert.throws(() => context.state.loadFile(path, { trust: true } as never), { code: "ARGUMENT_INVALID" });
  const text = join(folder, "text");
  writeFileSync(text, "this is no state at all, only some text that is long enough");
  assert.throws(() => context.state.loadFile(text, { trusted: true }), { code: "STATE_INVALID" });
  context.decode([5]);
});

test("two hundred damaged files are refused, the seal's among them (seeds 1 to 200)", () => {
  using context = llama.createContext({ contextSize: 256 });
  context.decode(PROMPT);
  const path = join(folder, "damaged.state");
  context.state.saveFile(path, PROMPT);
  const good = { state: readFileSync(path), seal: readFileSync(`${path}.seal`) };
  for (let seed = 1; seed <= 200; seed++) {
    const random = new TinyRandom(seed);
    const part = random.below(2) === 0 ? "state" : "seal";
    const bytes = Buffer.from(good[part]);
    if (random.below(4) === 0) writeFileSync(path, good.state.subarray(0, random.below(good.state.length)));
    else {
      const end = part === "seal" ? bytes.length - 1 : bytes.length;
      const at = random.below(end);
      bytes[at] = ((bytes[at] ?? 0) + 1 + random.below(255)) & 255;
      writeFileSync(part === "state" ? path : `${path}.seal`, bytes);
    }
    assert.throws(() => context.state.loadFile(path), { code: "STATE_INVALID" }, `seed ${seed}, ${part}`);
    writeFileSync(path, good.state);
    writeFileSync(`${path}.seal`, good.seal);
  }
  assert.deepEqual([...context.state.loadFile(path)], PROMPT);
});
