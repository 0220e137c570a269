import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { ModelStore, pushModel, type PushOptions, type PushProgress } from "../../src/index.js";
import { type ModelRecord, resolveModel } from "../../src/models/index.js";
import { FakeRegistry } from "../support/http-registry.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { tinyLlama, tinyLora } from "../support/tiny-models.js";

const network = { lastConnectTimeout: 2000, stallTimeout: 300, backOff: 5, retries: 2 };
const tiny = tinyLlama();
const file = readFileSync(tiny.path);
const ollama = (kind: string): string => `application/vnd.ollama.image.${kind}`;
const home = temporaryFolder();
const store = new ModelStore(home);
const push = (registry: FakeRegistry, name = "mine", options: PushOptions = {}) =>
  pushModel(name, { destination: options.destination ?? `${registry.host}/me/${name}:v1`, home, network, ...options });

/** What is the same of a model wherever it is. */
function madeOf({ files, projector, adapters = [], definition }: ModelRecord): object {
  const digests = [...files, projector, ...adapters].map((each) => each?.sha256);
  return { digests, definition };
}

before(() => store.create("mine", { from: tiny.path }));

describe("a model that is pushed", () => {
  test("can be pulled by others, with all that is said of it, and pushed by them", async () => {
    await using registry = await FakeRegistry.start();
    registry.add("library/source", "latest", [
      [ollama("model"), file],
      [ollama("template"), "{{ range .Messages }}[{{ .Role }}]{{ .Content }}{{ end }}[assistant]"],
      [ollama("system"), "Be brief. ✓"],
      [ollama("params"), JSON.stringify({ num_ctx: 512, temperature: 0, stop: ["x", "y"] })],
      [ollama("messages"), JSON.stringify([{ role: "user", content: "A" }])],
      [ollama("license"), "Free"],
      [ollama("license"), "As in beer"],
      [ollama("adapter"), readFileSync(tinyLora(tiny))],
    ]);
    const first = new ModelStore(temporaryFolder());
    const name = `ollama:${registry.host}/library/source`;
    await resolveModel(name, { home: first.home, network });
    const files = new Map(registry.blobs);
    registry.blobs.clear();

    const seen: PushProgress[] = [];
    const destination = `${registry.host}/me/pushed:v1`;
    const onProgress = (progress: PushProgress): void => void seen.push(progress);
    const pushed = await pushModel(`${name}:latest`, { home: first.home, destination, network, onProgress });
    assert.equal(pushed.name, `ollama:${destination}`);
    assert.deepEqual(pushed.notes, []);
    assert.deepEqual([seen[0]?.sent, seen.at(-1)?.sent], [0, seen.at(-1)?.total]);
    const config = [...registry.blobs].filter(([digest]) => !files.has(digest)).map(([, bytes]) => String(bytes));
    assert.match(config.join(), /"model_format":"gguf","model_family":"llama"/);
    const manifest = JSON.parse(registry.manifests.get("me/pushed/v1") ?? "") as { layers: { digest: string }[] };
    // The template came back as it was in Go.
    assert.deepEqual(
      [...files.keys()].filter((digest) => !manifest.layers.some((each) => each.digest === digest)),
      [],
    );

    const second = new ModelStore(temporaryFolder());
    await resolveModel(pushed.name, { home: second.home, network });
    const [one, two] = [await first.require(`${name}:latest`), await second.require(pushed.name)];
    assert.deepEqual(madeOf(two), madeOf(one));
    const patches = registry.asked("PATCH").length;
    const again = await pushModel(pushed.name, { home: second.home, network });
    assert.deepEqual(again, pushed);
    assert.equal(registry.asked("PATCH").length, patches);
  });

  test("arrives although the registry fails in between", async () => {
    await using registry = await FakeRegistry.start();
    registry.faults.push(
      { method: "POST", kind: "status", status: 503 },
      { method: "PATCH", kind: "drop" },
      { method: "PATCH", kind: "drop-after" },
      { method: "PUT", kind: "status", status: 500 },
    );
    await push(registry, "mine", { network: { ...network, retries: 4 } });
    assert.ok([...registry.blobs.values()].some((bytes) => bytes.equals(file)));
    assert.ok(registry.manifests.has("me/mine/v1"));
  });

  test("is refused with the registry's own words", async () => {
    await using registry = await FakeRegistry.start();
    const body = { errors: [{ code: "DENIED", message: "requested access is denied\u001B[31m" }] };
    registry.faults.push({ method: "POST", kind: "status", status: 403, body });
    await assert.rejects(push(registry), {
      code: "PUSH_FAILED",
      message: /could not be pushed: 127\.0\.0\.1:\d+ answered 403 \(requested access is denied \[31m\)\. Log in to/,
    });
    assert.equal(registry.blobs.size, 0);
    registry.faults.push({ method: "PUT", kind: "status", status: 413 });
    await assert.rejects(push(registry), { code: "PUSH_FAILED", message: /answered 413/ });
    assert.equal(registry.manifests.size, 0);
  });

  test("fails where the registry dies, or never was", async () => {
    const registry = await FakeRegistry.start();
    for (let count = 0; count < 3; count++) registry.faults.push({ method: "PATCH", kind: "drop" });
    await assert.rejects(push(registry), { code: "PUSH_FAILED", message: /could not be reached/ });
    const destination = `${registry.host}/me/mine`;
    await registry[Symbol.asyncDispose]();
    await assert.rejects(push(registry, "mine", { destination }), { code: "PUSH_FAILED", message: /ECONNREFUSED/ });
  });

  test("stops when it is cancelled", async () => {
    await using registry = await FakeRegistry.start();
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: (): void => controller.abort() };
    await assert.rejects(push(registry, "mine", options), {
      code: "ABORTED",
      message: /Pushing the model was cancelled/,
    });
    assert.equal(registry.manifests.size, 0);
  });

  test("needs the files that it had when it was made", async () => {
    await using registry = await FakeRegistry.start();
    const path = join(temporaryFolder(), "changed.gguf");
    writeFileSync(path, file);
    await store.create("changed", { from: path });
    const other = Buffer.from(file);
    other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
    writeFileSync(path, other);
    await assert.rejects(push(registry, "changed"), { code: "PUSH_FAILED", message: /answered 400/ });
    writeFileSync(path, "short");
    await assert.rejects(push(registry, "changed"), { code: "MODEL_NOT_FOUND", message: /gone or changed/ });
    assert.equal(registry.manifests.size, 0);
  });

  test("has to be one that Ollama can use", async () => {
    await using registry = await FakeRegistry.start();
    const jinja = "{% for m in messages %}{{ m.content }}{% endfor %}";
    await store.create("jinja", { from: "mine", definition: { template: jinja } });
    await assert.rejects(push(registry, "jinja"), { code: "TEMPLATE_UNSUPPORTED", message: /TEMPLATE in Go's/ });
    const { files } = await store.require("mine");
    await store.put({ name: "split", source: "file", created: new Date().toISOString(), files: [...files, ...files] });
    await assert.rejects(push(registry, "split"), { code: "UNSUPPORTED", message: /is in 2 files/ });
    await store.create("sampled", { from: "mine", draft: tiny.path, definition: { defaults: { topNSigma: 1 } } });
    const { notes } = await push(registry, "sampled");
    assert.match(notes.join(), /topNSigma is left out.*Ollama goes by that of the file.*draft model is left out/);
  });

  test("goes to where its name says, or a name beside it", async () => {
    await using registry = await FakeRegistry.start();
    process.env["MULLAMA_OLLAMA_REGISTRY"] = `http://${registry.host}`;
    try {
      await store.copy("mine", "me/mine:v2");
      assert.equal((await pushModel("me/mine:v2", { home, network })).name, "ollama:me/mine:v2");
      assert.ok(registry.manifests.has("me/mine/v2"));
    } finally {
      delete process.env["MULLAMA_OLLAMA_REGISTRY"];
    }
    for (const destination of [
      undefined,
      "hf:org/repo",
      "docker:me/x",
      "https://host/x",
      "a b/c",
      "me/../x",
      "host:1/x",
    ])
      await assert.rejects(
        pushModel("mine", { home, network, destination }),
        { code: "ARGUMENT_INVALID" },
        destination,
      );
    await assert.rejects(pushModel("none", { home, destination: "me/x" }), { code: "MODEL_NOT_FOUND" });
  });
});
