/** Caches of other programs, made up: what is found in them, what is refused, and that nothing is copied. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, test } from "node:test";
import { ggufValue, writeGgufFile } from "../../src/gguf/index.js";
import { importHuggingFace, importOllama, load, ModelStore } from "../../src/index.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { tinyLlama, tinyLora, tinySplits } from "../support/tiny-models.js";

const sha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const tiny = tinyLlama({ contextSize: 4096 });

function write(path: string, bytes: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

/** A model as Ollama puts it down. */
function addToOllama(folder: string, name: string, layers: Readonly<Record<string, string | Uint8Array>>): void {
  const list = Object.entries(layers).map(([kind, bytes]) => {
    write(join(folder, "blobs", `sha256-${sha256(bytes)}`), bytes);
    const mediaType = `application/vnd.ollama.image.${kind}`;
    return { mediaType, digest: `sha256:${sha256(bytes)}`, size: Buffer.byteLength(bytes) };
  });
  write(join(folder, "manifests", name), JSON.stringify({ schemaVersion: 2, layers: list }));
}

describe("a cache of Ollama", () => {
  const template = "{{ range .Messages }}[{{ .Role }}]{{ .Content }}{{ end }}[assistant]";

  test("is used where it lies, with all that is said of a model", async () => {
    const folder = temporaryFolder();
    const store = new ModelStore(temporaryFolder());
    addToOllama(folder, "registry.ollama.ai/library/mine/1b", {
      model: readFileSync(tiny.path),
      template,
      system: "Be brief.",
      params: JSON.stringify({ temperature: 0, num_predict: 3, num_ctx: 512, stop: ["X"] }),
      messages: JSON.stringify([{ role: "user", content: "A" }]),
      license: "Free",
      adapter: readFileSync(tinyLora(tiny)),
    });
    const { imported, refused } = await importOllama(store, { folder });
    assert.deepEqual(refused, []);
    const blob = join(folder, "blobs", `sha256-${sha256(readFileSync(tiny.path))}`);
    assert.deepEqual(imported, [{ name: "mine:1b", path: blob, notes: [] }]);
    const record = await store.require("mine:1b");
    assert.equal(record.source, "ollama:mine:1b");
    assert.equal(record.adapters?.length, 1);
    assert.deepEqual(record.definition?.licenses, ["Free"]);
    await using model = await load("mine:1b", { home: store.home, host: "inline", threads: 1 });
    assert.equal(model.info.contextSize, 512);
    const { seen, usage } = await model.respond([{ role: "user", content: "Hi" }]).result;
    assert.match(seen.text, /\[system\]Be brief\.\[user\]A\n\nHi\[assistant\]/);
    assert.ok(usage.completionTokens <= 3);
    assert.equal((await store.remove("mine:1b")).freed, 0);
    assert.ok(statSync(blob).isFile());
  });

  test("gives names as Ollama does, and says what cannot be used", async () => {
    const folder = temporaryFolder();
    const store = new ModelStore(temporaryFolder());
    const model = readFileSync(tiny.path);
    addToOllama(folder, "registry.ollama.ai/me/mine/latest", { model, template: "{{ .Nothing }}" });
    addToOllama(folder, "hf.co/org/repo/Q4_0", { model });
    addToOllama(folder, "registry.ollama.ai/library/text/latest", { model: "no GGUF file" });
    addToOllama(folder, "registry.ollama.ai/library/tensors/latest", { tensor: "x" });
    addToOllama(folder, "registry.ollama.ai/library/empty/latest", { system: "x" });
    addToOllama(folder, "registry.ollama.ai/library/taken/latest", { model });
    write(join(folder, "manifests/registry.ollama.ai/library/broken/latest"), "{");
    const climbing = { mediaType: "application/vnd.ollama.image.model", digest: "sha256:../../x", size: 1 };
    write(join(folder, "manifests/registry.ollama.ai/library/climbs/latest"), JSON.stringify({ layers: [climbing] }));
    addToOllama(folder, "registry.ollama.ai/library/gone/latest", { model: readFileSync(tinyLlama({ seed: 5 }).path) });
    rmSync(join(folder, "blobs", `sha256-${sha256(readFileSync(tinyLlama({ seed: 5 }).path))}`));
    await store.create("taken", { from: tinyLlama({ seed: 6 }).path });

    const { imported, refused } = await importOllama(store, { folder });
    assert.deepEqual(imported.map(({ name }) => name).toSorted(), ["hf.co/org/repo:Q4_0", "me/mine:latest"]);
    assert.match(imported.find(({ name }) => name.startsWith("me/"))?.notes[0] ?? "", /own chat template is used: /);
    assert.equal((await store.get("me/mine"))?.definition?.template, undefined);
    const reasons = Object.fromEntries(refused.map(({ name, reason }) => [name, reason]));
    assert.match(reasons["text:latest"] ?? "", /GGUF/);
    assert.match(reasons["tensors:latest"] ?? "", /image\.tensor, which is no GGUF file/);
    assert.match(reasons["empty:latest"] ?? "", /names no model file/);
    assert.match(reasons["broken:latest"] ?? "", /no JSON/);
    assert.match(reasons["climbs:latest"] ?? "", /no digest/);
    assert.match(reasons["gone:latest"] ?? "", /is not there/);
    assert.match(reasons["taken:latest"] ?? "", /another model of this name/);
    assert.equal(refused.length, 7);
    const again = await importOllama(store, { folder, replace: true });
    assert.ok(again.imported.some(({ name }) => name === "taken:latest"));
  });

  test("that is not there holds nothing", async () => {
    const report = await importOllama(new ModelStore(temporaryFolder()), { folder: "/nowhere/at/all" });
    assert.deepEqual([report.imported, report.refused], [[], []]);
  });
});

describe("a cache of Hugging Face", () => {
  /** A file as the hub's client puts it down: a link to one that is named by its digest. */
  function addToHub(folder: string, path: string, from: string): void {
    const repository = join(folder, "models--org--repo");
    const blob = join(repository, "blobs", sha256(readFileSync(from)));
    write(blob, readFileSync(from));
    const link = join(repository, "snapshots", path);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(blob, link);
  }

  test("is used where it lies", async () => {
    const folder = temporaryFolder();
    const store = new ModelStore(temporaryFolder());
    write(join(folder, "models--org--repo", "refs", "main"), "c1\n");
    addToHub(folder, "c1/model-Q4_0.gguf", tiny.path);
    addToHub(folder, "c0/old/model.gguf", tinyLlama({ seed: 3 }).path);
    for (const part of tinySplits(2)) addToHub(folder, join("c1", basename(part)), part);
    addToHub(folder, "c1/lora.gguf", tinyLora(tiny));
    const projector = join(folder, "projector.gguf");
    writeGgufFile(projector, { metadata: { "general.architecture": ggufValue.string("clip") }, tensors: [] });
    addToHub(folder, "c1/mmproj-F16.gguf", projector);
    const copied = join(folder, "models--org--copies", "snapshots", "c2", "copy.gguf");
    mkdirSync(dirname(copied), { recursive: true });
    copyFileSync(tiny.path, copied);
    write(join(folder, "models--org--copies", "snapshots", "c2", "broken.gguf"), "GG");
    write(join(folder, "datasets--org--repo", "snapshots", "c2", "x.gguf"), "");

    const { imported, refused } = await importHuggingFace(store, { folder });
    const names = imported.map(({ name }) => name).toSorted();
    assert.deepEqual(names, [
      "hf:org/copies@c2:copy.gguf",
      "hf:org/repo:model-Q4_0.gguf",
      "hf:org/repo:tiny-00001-of-00002.gguf",
      "hf:org/repo@c0:old/model.gguf",
    ]);
    assert.deepEqual(refused.map(({ name }) => name).toSorted(), [
      "hf:org/copies@c2:broken.gguf",
      "hf:org/repo:lora.gguf",
    ]);
    const record = await store.require("hf:org/repo:model-Q4_0.gguf");
    assert.equal(record.files[0]?.sha256, sha256(readFileSync(tiny.path)));
    assert.ok(record.projector?.path?.endsWith("mmproj-F16.gguf"));
    assert.equal((await store.require("hf:org/copies@c2:copy.gguf")).files[0]?.sha256, record.files[0]?.sha256);
    assert.deepEqual(await store.verify(), []);
    await using split = await load("hf:org/repo:tiny-00001-of-00002.gguf", {
      home: store.home,
      offline: true,
      host: "inline",
    });
    assert.ok((await split.generate("hello", { maxTokens: 2 })).tokens.length <= 2);
  });
});
