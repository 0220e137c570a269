import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { ArgumentError, MullamaError } from "../../src/errors.js";
import { listCatalogue, resolveModel } from "../../src/models/index.js";
import { interpretName } from "../../src/models/name.js";
import { parseSource } from "../../src/models/parse-source.js";
import { formatSource } from "../../src/models/source.js";

const folder = mkdtempSync(join(tmpdir(), "mullama-names-"));
after(() => rmSync(folder, { recursive: true, force: true }));

async function notFound(name: string): Promise<string> {
  const error: unknown = await resolveModel(name, { home: folder, offline: true }).catch((reason: unknown) => reason);
  assert.ok(MullamaError.isInstance(error));
  assert.equal(error.code, "MODEL_NOT_FOUND");
  return error.message;
}

describe("a model name", () => {
  test("that is a file means that file, in place", async () => {
    const path = join(folder, "model.gguf");
    writeFileSync(path, "GGUF");
    assert.deepEqual(await resolveModel(path), { path, files: [path], name: path, source: "file" });
  });

  test("that is nearly a file suggests the file", async () => {
    writeFileSync(join(folder, "llama.gguf"), "");
    assert.match(await notFound(join(folder, "lama.gguf")), /Did you mean .*llama\.gguf\?$/);
    assert.match(await notFound(folder), /is a folder\. Did you mean/);
    assert.match(await notFound(join(folder, "none", "x.gguf")), /There is no folder .*none either\.$/);
  });

  test("that is nearly in the catalogue suggests the entry", async () => {
    assert.match(await notFound("smolm2:135"), /Did you mean smollm2:135m\?$/);
    assert.match(await notFound("completely-different"), /one of: smollm2:135m/);
  });

  test("is found in the catalogue by its family, in any case", async () => {
    assert.match(await notFound("SmolLM2"), /^smollm2:135m is not on this machine, and downloading is switched off/);
  });

  test("of a source in the wrong form says the right form", async () => {
    assert.match(await notFound("hf:org"), /Write hf:org\/repo, .*hf:org\/repo:file\.gguf\.$/);
    assert.match(await notFound("hf:org/../x:f.gguf"), /Write hf:/);
    assert.match(await notFound("pip:--index-url==1/x.gguf"), /Write pip:/);
    assert.match(await notFound("pip:name/x.gguf"), /Write pip:/);
  });

  test("may not be empty", async () => {
    await assert.rejects(resolveModel(" "), ArgumentError);
  });
});

describe("a source", () => {
  for (const name of [
    "hf:org/repo.name:folder/file-Q4_0.gguf",
    "hf:org/repo@0123abcd:file.gguf",
    "hf:org/repo@refs/pr/3:file.gguf",
    "hf:org/repo",
    "hf:org/repo@v1:Q4_K_M",
    "https://example.org/models/model%20one.gguf?download=1",
    "pip:some-package==1.2.3.post1+cpu/inner/file.gguf",
  ]) {
    test(`is written as it is read: ${name}`, () => {
      const source = parseSource(name);
      assert.ok(source !== undefined);
      assert.equal(formatSource(source), name);
    });
  }
});

/** Bits that a parameter takes on disk, at least and at most: small models keep much in finer types. */
const BITS: Readonly<Record<string, readonly [number, number]>> = {
  Q4_1: [4.5, 6.5],
  Q4_K_M: [4.5, 7.6],
  MXFP4: [4, 5],
  Q8_0: [8, 9.5],
};

describe("the catalogue", () => {
  const entries = listCatalogue();

  test("has many models, each name once", () => {
    assert.ok(entries.length >= 40);
    assert.equal(new Set(entries.map(({ name }) => name)).size, entries.length);
  });

  for (const entry of entries) {
    test(`says of ${entry.name} what fits together`, () => {
      assert.match(entry.name, /^[a-z\d][a-z\d.-]*:[a-z\d.-]+$/);
      assert.match(entry.license, /^(?:Apache-2\.0|MIT|CC-BY-NC-4\.0|LicenseRef-[A-Za-z\d.-]+)$/);
      const [least, most] = BITS[entry.quantization] ?? [Infinity, 0];
      const bits = (entry.size * 8) / entry.parameters;
      assert.ok(bits >= least && bits <= most, `${bits} bits a parameter`);
      assert.ok(entry.capabilities.length > 0 || entry.name.endsWith("-base"));
      assert.equal(new Set(entry.capabilities).size, entry.capabilities.length);
      assert.equal(entry.sha256 === undefined, !entry.verified);
      if (entry.sha256 !== undefined) assert.match(entry.sha256, /^[\da-f]{64}$/);
      const [first] = entry.sources;
      assert.ok(first?.kind === "hf");
      assert.ok(first.file.toLowerCase().includes(entry.quantization.toLowerCase()), first.file);
      for (const source of entry.sources)
        assert.equal(formatSource(source), formatSource(parseSource(formatSource(source)) ?? source));
    });
  }

  test("does not know what it has not verified: neither size nor digest", async () => {
    const meaning = await interpretName("qwen3");
    assert.ok(meaning.kind === "remote");
    assert.equal(meaning.name, "qwen3:4b");
    assert.deepEqual(meaning.expected, { size: undefined, sha256: undefined });
    const verified = await interpretName("smollm2:latest");
    assert.ok(verified.kind === "remote" && verified.expected.size === 98_362_432);
  });
});

describe("the store's folder", () => {
  test("is where MULLAMA_HOME says", async () => {
    const before = process.env["MULLAMA_HOME"];
    process.env["MULLAMA_HOME"] = join(folder, "elsewhere");
    try {
      await assert.rejects(resolveModel("smollm2", { offline: true }), (error: Error) =>
        error.message.includes(join(folder, "elsewhere")),
      );
    } finally {
      if (before === undefined) delete process.env["MULLAMA_HOME"];
      else process.env["MULLAMA_HOME"] = before;
    }
  });
});
