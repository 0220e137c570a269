/** Models by name: what the store keeps of them, and what becomes of their files. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ModelStore, resolveModel } from "../../../src/models/index.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { tinyLlama, tinyLora, tinySplits } from "../../support/tiny-models.js";

const digestOf = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  yield readFileSync(path);
}

describe("a model of one's own", () => {
  test("is a name for a file, which stays where it is", async () => {
    const store = new ModelStore(temporaryFolder());
    const { path } = tinyLlama();
    const phases = new Set<string>();
    const record = await store.create("Mine", { from: path, onProgress: ({ phase }) => phases.add(phase) });
    assert.equal(record.name, "Mine:latest");
    assert.deepEqual([...phases], ["verify"]);
    assert.deepEqual(
      record.files.map((file) => [file.path, file.sha256]),
      [[path, digestOf(path)]],
    );
    assert.ok(!existsSync(join(store.home, "models")) || readdirSync(join(store.home, "models")).length === 0);
    for (const name of ["mine", "MINE:LATEST", "Mine:latest"])
      assert.equal((await store.find(name))?.name, record.name);
    assert.equal((await resolveModel("mine", { home: store.home, offline: true })).path, path);
    assert.deepEqual(await store.remove("mine"), { name: "Mine:latest", freed: 0 });
    assert.ok(existsSync(path));
  });

  test("takes over what it is made from, but for what it says itself", async () => {
    const store = new ModelStore(temporaryFolder());
    const model = tinyLlama();
    const adapter = tinyLora(model);
    const definition = { system: "Be brief.", defaults: { temperature: 0.5, topK: 3 } };
    await store.create("base", { from: model.path, adapters: [{ path: adapter, scale: 0.5 }], definition });
    await store.create("mine", { from: "base", definition: { defaults: { temperature: 0 } } });
    const resolved = await resolveModel("mine", { home: store.home });
    assert.deepEqual(resolved.definition, { system: "Be brief.", defaults: { temperature: 0, topK: 3 } });
    assert.deepEqual(resolved.adapters, [{ path: adapter, scale: 0.5 }]);
    await assert.rejects(store.create("x", { from: "bases" }), { code: "MODEL_NOT_FOUND", hint: "Did you mean base?" });
    await assert.rejects(store.create("x", { from: "./none.gguf" }), { code: "MODEL_NOT_FOUND" });
    const noModel = join(store.home, "text.gguf");
    writeFileSync(noModel, "some text");
    await assert.rejects(store.create("x", { from: noModel }), { code: "GGUF_INVALID" });
  });

  test("can be made of bytes that were put into the store", async () => {
    const store = new ModelStore(temporaryFolder());
    const { path } = tinyLlama();
    const sha256 = digestOf(path);
    await assert.rejects(store.putBlob("0".repeat(64), bytesOf(path)), { code: "DOWNLOAD_FAILED" });
    await assert.rejects(store.putBlob("../../x", bytesOf(path)), { code: "ARGUMENT_INVALID" });
    assert.deepEqual(readdirSync(join(store.home, "partial")), []);
    await store.putBlob(sha256, bytesOf(path));
    await store.putBlob(sha256, bytesOf(path));
    assert.equal(await store.has(sha256), true);
    const record = await store.create("mine", { from: `sha256:${sha256}` });
    assert.deepEqual(record.files, [{ sha256, size: readFileSync(path).length }]);
  });

  test("of several files is found by llama.cpp under the names that it wants", async () => {
    const store = new ModelStore(temporaryFolder());
    const paths = tinySplits(3);
    const inPlace = await store.create("place", { from: paths[0] ?? "" });
    assert.deepEqual(
      inPlace.files.map((file) => file.path),
      paths,
    );
    assert.deepEqual((await resolveModel("place", { home: store.home })).files, paths);
    for (const path of paths) await store.putBlob(digestOf(path), bytesOf(path));
    await store.create("blobs", { from: paths.map((path) => `sha256:${digestOf(path)}`) });
    for (let round = 0; round < 2; round++) {
      const { files } = await resolveModel("blobs", { home: store.home });
      assert.match(files[2] ?? "", /model-00003-of-00003\.gguf$/);
      assert.deepEqual(files.map(digestOf), paths.map(digestOf));
    }
  });

  test("whose file is gone says which", async () => {
    const store = new ModelStore(temporaryFolder());
    const path = join(store.home, "copy.gguf");
    copyFileSync(tinyLlama().path, path);
    await store.create("mine", { from: path });
    rmSync(path);
    assert.equal(await store.find("mine"), undefined);
    assert.equal((await store.list())[0]?.complete, false);
    await assert.rejects(resolveModel("mine", { home: store.home }), {
      code: "MODEL_NOT_FOUND",
      message: /copy\.gguf, which is gone/,
    });
  });
});

describe("names", () => {
  const store = new ModelStore(temporaryFolder());
  for (const name of [
    "../x",
    "a/../b",
    "/etc/passwd",
    "a//b",
    "",
    ".",
    "a:b:c",
    "x\0y",
    "a b",
    "hf:",
    "a/b/c/d",
    "x:",
    "x".repeat(200),
  ]) {
    test(`${JSON.stringify(name).slice(0, 20)} is refused`, async () => {
      const { path } = tinyLlama();
      await assert.rejects(store.create(name, { from: path }), { code: "ARGUMENT_INVALID", argument: "name" });
    });
  }
  for (const name of ["a", "llama3.2:1b", "me/llama:8b", "localhost:5000/me/llama:8b", "hf:Org/Repo:File-Q4_0.gguf"]) {
    test(`${name} is allowed`, async () => {
      const { name: canonical } = await store.create(name, { from: tinyLlama().path });
      assert.equal((await store.find(canonical))?.name, canonical);
    });
  }
});

describe("copies", () => {
  test("share files, which go with the last name", async () => {
    const store = new ModelStore(temporaryFolder());
    const { path } = tinyLlama();
    const sha256 = digestOf(path);
    await store.putBlob(sha256, bytesOf(path));
    await store.create("one", { from: `sha256:${sha256}` });
    await store.copy("one", "two");
    assert.deepEqual(
      (await store.list()).map(({ name }) => name),
      ["one:latest", "two:latest"],
    );
    assert.deepEqual(await store.remove("one"), { name: "one:latest", freed: 0 });
    assert.equal(await store.has(sha256), true);
    assert.equal((await store.remove("two")).freed, readFileSync(path).length);
    assert.equal(await store.has(sha256), false);
    await assert.rejects(store.remove("two"), { code: "MODEL_NOT_FOUND" });
    await assert.rejects(store.copy("two", "three"), { code: "MODEL_NOT_FOUND" });
    await assert.rejects(store.put({ name: "x", source: "file", created: "", files: [{ sha256, size: 1 }] }), {
      code: "MODEL_NOT_FOUND",
    });
  });
});

describe("a list", () => {
  test("tells what the files say, once they have been read", async () => {
    const store = new ModelStore(temporaryFolder());
    const { path } = tinyLlama();
    await store.create("mine", { from: path, definition: { system: "Hi" } });
    const [model] = await store.list();
    assert.equal(model?.family, "llama");
    assert.ok((model?.parameters ?? 0) > 1000);
    assert.equal(model?.size, readFileSync(path).length);
    assert.equal(model?.digest, digestOf(path));
    assert.ok(model?.modified instanceof Date);
    const cached = join(store.home, "info", `${digestOf(path)}.json`);
    writeFileSync(cached, readFileSync(cached, "utf8").replace('"llama"', '"cached"'));
    assert.equal((await store.list())[0]?.family, "cached");
    writeFileSync(cached, "{");
    assert.equal((await store.list())[0]?.family, "llama");
  });

  test("has what an older release remembered, and leaves out what cannot be read", async () => {
    const store = new ModelStore(temporaryFolder());
    const { path } = tinyLlama();
    const sha256 = digestOf(path);
    mkdirSync(join(store.home, "models"), { recursive: true });
    mkdirSync(join(store.home, "names"));
    copyFileSync(path, store.pathOf(sha256));
    const old = { name: "smollm2:135m", sha256, size: readFileSync(path).length, source: "hf:org/repo:x.gguf" };
    const file = createHash("sha256").update(old.name).digest("hex").slice(0, 16);
    writeFileSync(join(store.home, "names", `${file}.json`), JSON.stringify(old));
    for (const [index, text] of ["", "{}", "[]", '{"name":"x","source":"","created":"","files":[{}]}'].entries())
      writeFileSync(join(store.home, "names", `${index}.json`), text);
    assert.deepEqual(
      (await store.list()).map(({ name, complete }) => [name, complete]),
      [["smollm2:135m", true]],
    );
    assert.equal((await store.find("smollm2"))?.files[0]?.sha256, sha256);
    assert.equal((await resolveModel("smollm2", { home: store.home, offline: true })).path, store.pathOf(sha256));
  });
});
