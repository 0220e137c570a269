import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { load, ModelStore } from "../../src/index.js";
import { type ResolvedModel, resolveModel } from "../../src/models/index.js";
import { parseSource } from "../../src/models/parse-source.js";
import { formatSource } from "../../src/models/source.js";
import { FakeRegistry } from "../support/http-registry.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { tinyLlama, tinyLora } from "../support/tiny-models.js";

const network = { connectTimeout: 300, lastConnectTimeout: 300, stallTimeout: 300, backOff: 5, retries: 1 };
const tiny = tinyLlama({ contextSize: 4096 });
const file = readFileSync(tiny.path);
const ollama = (kind: string): string => `application/vnd.ollama.image.${kind}`;
const docker = (kind: string): string => `application/vnd.docker.ai.${kind}`;

const pull = (name: string, home: string = temporaryFolder()): Promise<ResolvedModel> =>
  resolveModel(name, { home, network });

describe("Ollama's registry", () => {
  test("gives a model with all that is said of it", async () => {
    await using registry = await FakeRegistry.start();
    registry.add("library/mine", "1b", [
      [ollama("model"), file],
      [ollama("template"), "{{ range .Messages }}[{{ .Role }}]{{ .Content }}{{ end }}[assistant]"],
      [ollama("system"), "Be brief."],
      [ollama("params"), JSON.stringify({ temperature: 0, num_predict: 3, num_ctx: 512 })],
      [ollama("messages"), JSON.stringify([{ role: "user", content: "A" }])],
      [ollama("license"), "Free"],
      [ollama("adapter"), readFileSync(tinyLora(tiny))],
    ]);
    const home = temporaryFolder();
    process.env["MULLAMA_OLLAMA_REGISTRY"] = `http://${registry.host}`;
    try {
      const found = await pull("ollama:mine:1b", home);
      assert.equal(found.name, "ollama:mine:1b");
      assert.ok(readFileSync(found.path).equals(file));
      assert.equal(found.adapters?.length, 1);
      assert.deepEqual(found.definition?.licenses, ["Free"]);
    } finally {
      delete process.env["MULLAMA_OLLAMA_REGISTRY"];
    }
    assert.deepEqual(await new ModelStore(home).verify(), []);
    await using model = await load("ollama:mine:1b", { home, offline: true, host: "inline", threads: 1 });
    assert.equal(model.info.contextSize, 512);
    const { seen, usage } = await model.respond([{ role: "user", content: "Hi" }]).result;
    assert.match(seen.text, /\[system\]Be brief\.\[user\]A\n\nHi\[assistant\]/);
    assert.ok(usage.completionTokens <= 3);
  });

  test("may be another, that a name says", async () => {
    await using registry = await FakeRegistry.start();
    registry.add("me/mine", "latest", [
      [ollama("model"), file],
      [ollama("projector"), "sees"],
    ]);
    const found = await pull(`ollama:${registry.host}/me/mine`);
    assert.equal(readFileSync(found.projector ?? "", "utf8"), "sees");
    assert.equal(found.definition, undefined);
  });

  test("fetches no file twice", async () => {
    await using registry = await FakeRegistry.start();
    const home = temporaryFolder();
    for (const tag of ["a", "b"]) registry.add("me/mine", tag, [[ollama("model"), file]]);
    await pull(`ollama:${registry.host}/me/mine:a`, home);
    await pull(`ollama:${registry.host}/me/mine:b`, home);
    assert.equal(registry.requests.filter(({ url }) => url?.includes("/blobs/")).length, 1);
  });

  test("says what is missing or cannot be used", async () => {
    await using registry = await FakeRegistry.start();
    const name = `ollama:${registry.host}/me/mine`;
    await assert.rejects(pull(name), {
      code: "MODEL_NOT_FOUND",
      message: /answered 404.*There is no me\/mine:latest there\. Log in/,
    });
    registry.add("me/mine", "v1", [[ollama("model"), file]]);
    await assert.rejects(pull(name), { code: "MODEL_NOT_FOUND", message: /There is no .* It has v1\. Log in/ });
    process.env["MULLAMA_OLLAMA_REGISTRY"] = `http://${registry.host}`;
    try {
      await assert.rejects(pull("ollama:qwn3:4b"), {
        code: "MODEL_NOT_FOUND",
        message: /Did you mean ollama:qwen3:4b\?/,
      });
    } finally {
      delete process.env["MULLAMA_OLLAMA_REGISTRY"];
    }
    registry.add("me/mine", "latest", [[ollama("system"), "no model"]]);
    await assert.rejects(pull(name), {
      code: "UNSUPPORTED",
      message: `${name}:latest cannot be used: It has no GGUF file.`,
    });
    registry.manifests.set("me/mine/latest", "{");
    await assert.rejects(pull(name), { code: "UNSUPPORTED" });
    registry.add("me/mine", "latest", [
      [ollama("model"), file],
      [ollama("system"), "Be brief."],
    ]);
    for (const [digest, bytes] of registry.blobs)
      if (bytes.length === 9) registry.blobs.set(digest, Buffer.from("Be rude!!"));
    await assert.rejects(pull(name), /has another digest/);
  });
});

describe("a template of Ollama's that cannot be said in Jinja", () => {
  test("is left to the file's own, is said so, and is kept for a push", async () => {
    await using registry = await FakeRegistry.start();
    const template = '{{ printf "%5d" .Prompt }}';
    registry.add("me/mine", "latest", [
      [ollama("model"), file],
      [ollama("template"), template],
    ]);
    const notes: string[] = [];
    const found = await resolveModel(`ollama:${registry.host}/me/mine`, {
      home: temporaryFolder(),
      network,
      onProgress: (progress) => progress.phase === "note" && notes.push(progress.text),
    });
    assert.match(notes.join(), /^The model file's own chat template is used: .*printf/);
    assert.deepEqual(found.definition, { goTemplate: template });
  });
});

describe("a registry of container images", () => {
  test("gives a model after a token", async () => {
    await using registry = await FakeRegistry.start();
    registry.token = "let-me-in";
    const digest = registry.add("ai/tiny", "1b", [
      [docker("gguf.v3"), file],
      [docker("license"), "Free"],
      ["application/vnd.docker.ai.model.config.v0.1+json", "{}"],
    ]);
    registry.addManifest("ai/tiny", "latest", { manifests: [{ digest }] });
    for (const name of ["ai/tiny:1b", "ai/tiny"]) {
      const found = await pull(`docker:${registry.host}/${name}`);
      assert.ok(readFileSync(found.path).equals(file));
      assert.deepEqual(found.definition, { licenses: ["Free"] });
    }
  });
});

describe("a name of a registry", () => {
  for (const [name, meaning] of [
    ["ollama:llama3.2", "ollama:llama3.2:latest"],
    ["ollama:llama3.2:1b", "ollama:llama3.2:1b"],
    ["ollama:me/model", "ollama:me/model:latest"],
    ["ollama:localhost:5000/me/model:x", "ollama:localhost:5000/me/model:x"],
    ["docker:smollm2", "docker:ai/smollm2:latest"],
    ["docker:ghcr.io/org/name/deep:v1", "docker:ghcr.io/org/name/deep:v1"],
    ["ollama:../x", undefined],
    ["docker:a//b", undefined],
  ] as const) {
    test(`is understood: ${name}`, () => {
      const source = parseSource(name);
      assert.equal(source === undefined ? undefined : formatSource(source), meaning);
    });
  }
});
