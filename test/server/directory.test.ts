import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { ModelStore } from "../../src/models/index.js";
import { ModelDirectory } from "../../src/server/directory/model-directory.js";
import { readPresets } from "../../src/server/directory/preset.js";
import { createServer } from "../../src/server/index.js";
import { hasCode } from "../support/has-code.js";
import { tinyLlama } from "../support/tiny-models.js";
import { post } from "../support/tiny-server.js";

const folder = mkdtempSync(join(tmpdir(), "mullama-server-"));
after(() => rmSync(folder, { recursive: true, force: true }));

describe("the models that a server offers", () => {
  it("are described by presets, which say what is wrong with them", () => {
    const a = { model: "x", keepAlive: "1m", contextSize: 512, pinned: true };
    const [model] = readPresets({ models: { a } }).models;
    assert.deepEqual(model, {
      id: "a",
      source: "x",
      aliases: [],
      options: { contextSize: 512 },
      defaults: {},
      system: undefined,
      keepAlive: 60_000,
      limits: {},
      loraAdapters: [],
      pinned: true,
    });
    const wrong = (preset: object, problem: RegExp) =>
      assert.throws(() => readPresets({ models: { a: preset } }), hasCode("ARGUMENT_INVALID", problem));
    wrong({ contextSize: "big" }, /models\.a\.contextSize/);
    wrong({ contextsize: 5 }, /models\.a\.contextsize/);
    wrong({ keepAlive: "soon" }, /models\.a\.keepAlive/);
    wrong({ defaults: { temperature: -1 } }, /models\.a\.defaults\.temperature/);
  });

  it("have ids and aliases, and what all of them have in common", async () => {
    const { models: presets } = readPresets({ models: { a: { model: "x", aliases: ["b"], contextSize: 512 } } });
    const directory = new ModelDirectory({
      presets,
      load: { threads: 2, contextSize: 9 },
      store: false,
      downloads: false,
    });
    const found = await directory.find("b");
    assert.equal(found.id, "a");
    assert.deepEqual(found.options, { offline: true, threads: 2, contextSize: 512 });
    await assert.rejects(directory.find("x"), hasCode("MODEL_NOT_FOUND", /It has a\./));
  });

  it("are those of the store, too, but no files, and nothing is fetched", async () => {
    const home = join(folder, "store");
    const { path } = tinyLlama();
    await new ModelStore(home).create("mine", { from: path });
    await new ModelStore(home).create("me/mine:8b", { from: path });
    const directory = new ModelDirectory({ presets: [], load: { home }, store: true, downloads: false });
    const ids = (await directory.list()).map(({ id }) => id);
    assert.deepEqual(ids, ["me/mine:8b", "mine:latest"]);
    assert.equal((await directory.find("me/mine:8b")).id, "me/mine:8b");
    assert.equal((await directory.find("mine")).id, "mine:latest");
    for (const name of [path, "./model.gguf", "smollm2:135m", "hf:org/repo:file.gguf", "package.json", ""])
      await assert.rejects(directory.find(name), hasCode("MODEL_NOT_FOUND"), name);
  });

  it("change with the config file, unless that is wrong", async () => {
    const config = join(folder, "models.json");
    const write = (text: string): void => writeFileSync(config, text);
    write('{"models":{"a":{"model":"x"}}}');
    let problem: ((error: unknown) => void) | undefined;
    await using server = await createServer({
      store: false,
      config,
      models: { a: { model: "y" }, b: { model: "z" } },
      onError: (error) => problem?.(error),
    });
    const { directory } = server.services;
    const sources = () => directory.presets().map(({ id, source }) => `${id} ${source}`);
    assert.deepEqual(sources(), ["a x", "b z"]);
    // What looks at the file does not keep a program from ending.
    const awake = setInterval(() => undefined, 1000);
    after(() => clearInterval(awake));
    const told = new Promise((resolve) => (problem = resolve));
    write("{oops");
    assert.ok(hasCode("ARGUMENT_INVALID", /models\.json/)(await told));
    assert.deepEqual(sources(), ["a x", "b z"]);
    write('{"models":{"c":{"model":"much longer"}}}');
    while (sources().length !== 3) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(sources(), ["c much longer", "a y", "b z"]);
    await assert.rejects(createServer({ config: join(folder, "none.json") }), hasCode("ARGUMENT_INVALID"));
  });

  it("have limits from the config file, too, which change with it", async () => {
    const config = join(folder, "limits.json");
    const models = { a: { model: "x" }, b: { model: "x", limits: { maxTokens: 3 } } };
    const write = (limits: object): void => writeFileSync(config, JSON.stringify({ models, limits }));
    write({ maxTokens: 10, answers: 2, stops: 1 });
    await using server = await createServer({ store: false, config, limits: { answers: 4 } });
    const { directory, limits } = server.services;
    const mostTokens = () => directory.presets().map((model) => model.limits.maxTokens);
    const counts = () => [limits.request.answers, limits.request.stops, limits.request.inputs];
    assert.deepEqual(mostTokens(), [10, 3]);
    assert.deepEqual(counts(), [4, 1, 2048], "what the options say, then the file, then the default");
    const body = { model: "a", messages: [], stop: ["x", "y"] };
    const refused = await post(server, "/v1/chat/completions", body);
    assert.match(await refused.text(), /stop: 2 texts .*limit of 1/);
    const awake = setInterval(() => undefined, 1000);
    after(() => clearInterval(awake));
    write({ maxTokens: 12 });
    while (mostTokens()[0] !== 12) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(mostTokens(), [12, 3]);
    assert.deepEqual(counts(), [4, 64, 2048]);
    for (const wrong of [{ tokens: 1 }, { answers: 0 }]) {
      write(wrong);
      await assert.rejects(createServer({ config }), hasCode("ARGUMENT_INVALID", /limits\.(tokens|answers)/));
    }
  });
});
