/** Models whose files are gone: what is fetched again, and from where. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ModelStore, resolveModel } from "../../src/models/index.js";
import { FakeHub } from "../support/http-hub.js";
import { FakeRegistry } from "../support/http-registry.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { tinyLlama } from "../support/tiny-models.js";

const NAME = "hf:org/repo:model.gguf";
const PATH = "/org/repo/resolve/main/model.gguf";
const FILE = readFileSync(tinyLlama().path);

async function startHub(): Promise<FakeHub> {
  const hub = await FakeHub.start();
  hub.files.set(PATH, FILE);
  return hub;
}

/** A store with the model of the hub, whose file lies outside of it. */
async function storeOutside(): Promise<{ readonly store: ModelStore; readonly path: string }> {
  const store = new ModelStore(temporaryFolder());
  await resolveModel(NAME, { home: store.home });
  const record = await store.require(NAME);
  const path = join(store.home, "outside", "model.gguf");
  mkdirSync(join(store.home, "outside"));
  renameSync(store.locate(record.files[0] ?? assert.fail()), path);
  await store.put({ ...record, files: record.files.map((file) => ({ ...file, path })) });
  return { store, path };
}

describe("a model whose file outside the store is gone", () => {
  test("is fetched again from where it came", async () => {
    await using hub = await startHub();
    const { store, path } = await storeOutside();
    assert.equal((await resolveModel(NAME, { home: store.home })).path, path);
    rmSync(path);
    await assert.rejects(resolveModel(NAME, { home: store.home, offline: true }), {
      code: "MODEL_NOT_FOUND",
      message: /model\.gguf is not on this machine/,
    });
    const found = await resolveModel(NAME, { home: store.home });
    assert.ok(readFileSync(found.path).equals(FILE));
    assert.equal((await store.require(NAME)).files[0]?.path, undefined);
    assert.equal(hub.downloads.length, 2);
  });

  test("keeps what the user's own record says beside its files", async () => {
    await using _hub = await startHub();
    const { store, path } = await storeOutside();
    await store.create("pirate", { from: NAME, definition: { system: "You are a pirate." } });
    rmSync(path);
    const found = await resolveModel("pirate", { home: store.home });
    assert.ok(readFileSync(found.path).equals(FILE));
    assert.deepEqual([found.name, found.definition], ["pirate:latest", { system: "You are a pirate." }]);
  });

  test("of a record of the user's own is no other file", async () => {
    await using hub = await startHub();
    const { store, path } = await storeOutside();
    await store.copy(NAME, "mine");
    rmSync(path);
    hub.files.set(PATH, Buffer.from("another"));
    await assert.rejects(resolveModel("mine", { home: store.home }), {
      code: "MODEL_NOT_FOUND",
      message: /mine:latest has lost a file, and hf:org\/repo:model\.gguf has another one now/,
    });
    assert.equal(readFileSync((await resolveModel(NAME, { home: store.home })).path, "utf8"), "another");
  });

  test("says so where the lost file is none that its source has", async () => {
    await using hub = await startHub();
    const { store } = await storeOutside();
    const adapter = join(store.home, "outside", "adapter.gguf");
    writeFileSync(adapter, FILE);
    await store.create("mine", { from: NAME, adapters: [{ path: adapter }] });
    rmSync(adapter);
    const asked = hub.requests.length;
    await assert.rejects(resolveModel("mine", { home: store.home }), /needs .*adapter\.gguf, which is gone/);
    assert.equal(hub.requests.length, asked);
  });

  test("comes with what its registry says, under the name that it has from there", async () => {
    await using registry = await FakeRegistry.start();
    registry.add("me/mine", "1b", [
      ["application/vnd.ollama.image.model", FILE],
      ["application/vnd.ollama.image.system", "Be brief."],
    ]);
    const source = `ollama:${registry.host}/me/mine:1b`;
    const store = new ModelStore(temporaryFolder());
    await resolveModel(source, { home: store.home });
    await store.put({ ...(await store.require(source)), name: source.slice("ollama:".length) });
    rmSync(store.locate((await store.require(source)).files[0] ?? assert.fail()));
    const found = await resolveModel(source.slice("ollama:".length), { home: store.home });
    assert.ok(readFileSync(found.path).equals(FILE));
    assert.deepEqual(found.definition, { system: "Be brief." });
  });
});
