import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { PrefixStore } from "../../src/engine/prefix/prefix-store.js";
import { decodePrefix, encodePrefix } from "../../src/engine/prefix/saved-prefix.js";
import { EngineRun } from "../support/engine-run.js";
import { tinyGemma, tinyHybrid, tinyLlama, tinyLora, tinyMamba } from "../support/tiny-models.js";

const tokens = (from: number, length: number): Int32Array => Int32Array.from({ length }, (_, index) => from + index);
const prefix = (from: number, length: number, bytes = 1000, steering = "") => ({
  tokens: tokens(from, length),
  steering,
  state: new Uint8Array(bytes).fill(from & 255),
});

describe("prefixes in host memory", () => {
  it("are found by what they have in common", () => {
    const store = new PrefixStore({ fingerprint: "f", hostBytes: 10_000, whole: false });
    store.put(prefix(10, 50));
    store.put(prefix(10, 20, 1000, "lora"));
    assert.equal(store.find(Int32Array.of(...tokens(10, 30), 1, 2), "")?.length, 30);
    assert.equal(store.find(tokens(10, 30), "lora")?.length, 20);
    assert.equal(store.find(tokens(500, 30), ""), undefined);
    assert.equal(store.find(tokens(10, 50), "")?.load()?.state[5], 10);
  });

  it("count only as a whole for a memory that cannot drop tokens", () => {
    const store = new PrefixStore({ fingerprint: "f", hostBytes: 10_000, whole: true });
    store.put(prefix(10, 50));
    store.put(prefix(10, 30));
    assert.equal(store.find(tokens(10, 40), "")?.length, 30);
    assert.equal(store.find(tokens(10, 20), ""), undefined);
  });

  it("stay within their bytes, and those that were not used longest go", () => {
    const store = new PrefixStore({ fingerprint: "f", hostBytes: 4000, whole: false });
    for (const from of [100, 200, 300]) store.put(prefix(from, 10, 1000));
    store.find(tokens(100, 10), "")?.load();
    store.put(prefix(400, 10, 1000));
    assert.ok(store.hostBytes <= 4000);
    assert.equal(store.find(tokens(200, 10), ""), undefined);
    for (const from of [100, 300, 400]) assert.equal(store.find(tokens(from, 10), "")?.length, 10);
    store.put(prefix(500, 10, 5000));
    assert.equal(store.find(tokens(500, 10), ""), undefined);
    store.clear();
    assert.equal(store.hostBytes, 0);
  });

  it("are not kept twice", () => {
    const store = new PrefixStore({ fingerprint: "f", hostBytes: 100_000, whole: false });
    store.put(prefix(10, 50));
    const { hostBytes } = store;
    store.put(prefix(10, 20));
    assert.equal(store.hostBytes, hostBytes);
    store.put(prefix(10, 60));
    assert.equal(store.find(tokens(10, 60), "")?.length, 60);
    assert.equal(store.hostBytes, 1000 + 240);
  });
});

describe("prefixes on disk", () => {
  let directory: string;
  before(() => (directory = mkdtempSync(join(tmpdir(), "mullama-prefix-"))));
  after(() => rmSync(directory, { recursive: true, force: true }));
  let folders = 0;
  const open = (folder: string, bytes = 1e6, fingerprint = "f") =>
    new PrefixStore({ fingerprint, hostBytes: 0, whole: false, disk: { directory: join(directory, folder), bytes } });
  const fresh = (): string => `folder-${folders++}`;
  const filesOf = (folder: string): string[] =>
    readdirSync(join(directory, folder)).map((name) => join(directory, folder, name));

  it("survive a restart", () => {
    const folder = fresh();
    open(folder).put(prefix(10, 50));
    const store = open(folder);
    assert.ok(store.diskBytes > 1000);
    const found = store.find(tokens(10, 60), "");
    assert.equal(found?.length, 50);
    assert.deepEqual(found.load(), prefix(10, 50));
  });

  it("of another model are left alone, and not found", () => {
    const folder = fresh();
    open(folder).put(prefix(10, 50));
    const other = open(folder, 1e6, "other");
    assert.equal(other.find(tokens(10, 50), ""), undefined);
    other.clear();
    assert.equal(open(folder).find(tokens(10, 50), "")?.length, 50);
  });

  it("that are damaged anywhere are removed, and never loaded", () => {
    const folder = fresh();
    const store = open(folder);
    store.put(prefix(10, 50));
    const [path = ""] = filesOf(folder);
    const whole = readFileSync(path);
    const front = whole.length - 1000;
    for (let at = 0; at < front; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(path, damaged);
      assert.equal(open(folder).find(tokens(10, 50), ""), undefined, `byte ${at}`);
      assert.deepEqual(filesOf(folder), []);
    }
    for (let length = 0; length < whole.length; length += 7) {
      writeFileSync(path, whole.subarray(0, length));
      assert.equal(open(folder).find(tokens(10, 50), ""), undefined, `length ${length}`);
    }
    writeFileSync(path, whole);
    const found = open(folder).find(tokens(10, 50), "");
    rmSync(path);
    assert.equal(found?.load(), undefined);
  });

  it("stay within their bytes, and those that were not used longest go", () => {
    const folder = fresh();
    const store = open(folder, 4500);
    for (const from of [100, 200, 300]) store.put(prefix(from, 10));
    filesOf(folder).forEach((path, index) => utimesSync(path, index, index));
    const reopened = open(folder, 4500);
    reopened.find(tokens(100, 10), "")?.load();
    for (const from of [400, 500]) reopened.put(prefix(from, 10));
    assert.ok(reopened.diskBytes <= 4500);
    const left = [100, 200, 300, 400, 500].filter((from) => reopened.find(tokens(from, 10), "") !== undefined);
    assert.ok(left.includes(100) && left.includes(400) && left.includes(500) && left.length <= 4, String(left));
    assert.ok(filesOf(folder).reduce((sum, path) => sum + statSync(path).size, 0) <= 4500);
  });

  it("can be shared by several at once, and a half-written file is nobody's", () => {
    const folder = fresh();
    const [one, two] = [open(folder), open(folder)];
    one.put(prefix(10, 50));
    writeFileSync(join(directory, folder, "x.prefix.1.tmp"), "half");
    two.put(prefix(600, 50));
    assert.equal(two.find(tokens(10, 50), "")?.length, 50);
    one.clear();
    assert.equal(two.find(tokens(10, 50), "")?.load(), undefined);
  });

  it("in a folder that cannot be used say so", () => {
    writeFileSync(join(directory, "file"), "");
    assert.throws(() => open("file"), { code: "SAVE_FAILED", hint: /diskCache/ });
  });
});

it("a saved prefix that is damaged is refused, whatever was damaged", () => {
  const encoded = encodePrefix(prefix(10, 5, 100), "f");
  assert.deepEqual(decodePrefix(encoded, "f"), prefix(10, 5, 100));
  assert.throws(() => decodePrefix(encoded, "g"), { code: "STATE_INVALID" });
  for (let at = 0; at < encoded.length - 100; at++) {
    const damaged = encoded.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    assert.throws(() => decodePrefix(damaged, "f"), { code: "STATE_INVALID" }, `byte ${at}`);
  }
  assert.throws(() => decodePrefix(encoded.subarray(0, -1), "f"), { code: "STATE_INVALID" });
});

const models = { llama: tinyLlama(), gemma: tinyGemma(), mamba: tinyMamba(), hybrid: tinyHybrid() };
for (const [name, model] of Object.entries(models)) {
  it(`an engine of a ${name} model goes on after a restart where it was`, async () => {
    const directory = mkdtempSync(join(tmpdir(), "mullama-prefix-"));
    const options = { path: model.path, contextSize: 1024, diskCache: { directory, bytes: 1e8 } };
    const prompt = [...tokens(5, 120)];
    const greedy = { temperature: 0, ignoreEos: true, maxTokens: 10 };
    try {
      let first: number[];
      {
        using run = await EngineRun.load(options);
        first = run.complete({ prompt, ...greedy }).tokens;
      }
      using run = await EngineRun.load(options);
      const next = [...prompt, ...first, 7];
      const { finish, tokens: warm } = run.complete({ prompt: next, ...greedy });
      assert.ok(finish.usage.cachedTokens >= 129, `cached ${finish.usage.cachedTokens}`);
      assert.deepEqual(warm, run.complete({ prompt: next, ...greedy, reuse: false }).tokens);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
}

it("what an adapter computed comes back for that adapter only", async () => {
  const directory = mkdtempSync(join(tmpdir(), "mullama-prefix-"));
  const model = tinyLlama();
  const options = { path: model.path, contextSize: 1024, diskCache: { directory, bytes: 1e8 } };
  const request = { prompt: [...tokens(5, 100)], temperature: 0, ignoreEos: true, maxTokens: 4 };
  const adapters = [{ path: tinyLora(model) }];
  {
    using run = await EngineRun.load(options);
    run.complete({ ...request, adapters });
  }
  using run = await EngineRun.load(options);
  assert.equal(run.complete(request).finish.usage.cachedTokens, 0);
  assert.equal(run.complete({ ...request, adapters }).finish.usage.cachedTokens, 99);
  rmSync(directory, { recursive: true, force: true });
});
