// Models that come, change their names and go, through Ollama's own client.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Ollama } from "ollama";
import { createKey, type ListeningServer } from "../../../src/server/index.js";
import { FakeHub } from "../../support/http-hub.js";
import { FakeRegistry } from "../../support/http-registry.js";
import { ollamaServer } from "../../support/ollama-server.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { tinyLlama, tinyLora } from "../../support/tiny-models.js";
import { post } from "../../support/tiny-server.js";

const home = temporaryFolder();
const bytes = readFileSync(tinyLlama().path);
const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

let server: ListeningServer;
let client: Ollama;
before(async () => ({ server, client } = await ollamaServer({ store: true, load: { home, network: { retries: 0 } } })));
after(() => server.close());

function blob(of: string, method: string, body?: Uint8Array): Promise<Response> {
  return fetch(`${server.url}/api/blobs/${of}`, { method, ...(body === undefined ? {} : { body }) });
}

async function lines(path: string, body: object): Promise<Record<string, unknown>[]> {
  const response = await post(server.app, path, body);
  const text = await response.text();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function names(): Promise<string[]> {
  const { models } = await client.list();
  return models.map(({ name }) => name).filter((name) => name.includes(":"));
}

describe("models of one's own, over HTTP", () => {
  it("are made of files that were posted", async () => {
    assert.equal((await blob(digest, "HEAD")).status, 404);
    assert.equal((await blob(digest, "POST", bytes)).status, 201);
    assert.equal((await blob(digest, "HEAD")).status, 200);
    assert.equal((await blob(digest, "GET")).status, 404);
    assert.equal((await blob(digest, "POST", bytes)).status, 200);
    const files = { "model.gguf": digest };
    const parameters = { num_ctx: 512, temperature: 0, stop: ["x", "y"], num_predict: 3 };
    const said = {
      files,
      parameters,
      system: "You are brief.",
      template: "{{ .System }} {{ .Prompt }}",
      license: "MIT",
    };
    assert.deepEqual(await lines("/api/create", { model: "mine", ...said }), [
      { status: "parsing GGUF" },
      { status: `using existing layer ${digest}` },
      { status: "writing manifest" },
      { status: "success" },
    ]);
    const shown = await client.show({ model: "mine" });
    assert.equal(shown.system, "You are brief.");
    assert.equal(shown.license, "MIT");
    assert.match(shown.template, /system/i);
    const written = shown.parameters.replaceAll(/\s+/g, " ");
    assert.equal(written, 'num_ctx 512 num_predict 3 temperature 0 stop "x" stop "y"');
    const answer = await client.generate({ model: "mine", prompt: "hello" });
    assert.ok(answer.eval_count <= 3);
    const [loaded] = (await client.ps()).models as unknown as { name: string; context_length: number }[];
    assert.deepEqual([loaded?.name, loaded?.context_length], ["mine:latest", 512]);
  });

  it("are made of other models, whose words they keep where they say nothing", async () => {
    const adapter = readFileSync(tinyLora(tinyLlama()));
    const lora = `sha256:${createHash("sha256").update(adapter).digest("hex")}`;
    assert.equal((await blob(lora, "POST", adapter)).status, 201);
    const adapters = { "lora.gguf": lora };
    const messages = [{ role: "user", content: "hello" }];
    await client.create({ model: "me/tuned:v1", from: "mine", adapters, system: "You are long.", messages });
    const shown = await client.show({ model: "me/tuned:v1" });
    assert.equal(shown.system, "You are long.");
    assert.deepEqual(shown.messages, messages);
    assert.equal(shown.license, "MIT");
    const counts = [];
    for (const model of ["mine", "me/tuned:v1"])
      counts.push((await client.generate({ model, prompt: "hello" })).prompt_eval_count);
    assert.ok(Number(counts[0]) < Number(counts[1]));
  });

  it("are quantized", async () => {
    const statuses = await lines("/api/create", { model: "small", from: "mine", quantize: "q8_0" });
    const quantizing = statuses.findLast(({ status }) => status === "quantizing to Q8_0");
    assert.deepEqual([quantizing?.["completed"], quantizing?.["total"]], [bytes.length, bytes.length]);
    assert.deepEqual(statuses.at(-1), { status: "success" });
    const { details, system } = await client.show({ model: "small" });
    assert.deepEqual([details.quantization_level, system], ["Q8_0", "You are brief."]);
    assert.ok((await client.generate({ model: "small", prompt: "hello" })).eval_count <= 3);
    const twice = await lines("/api/create", { model: "smaller", from: "small", quantize: "q4_0" });
    assert.match(String(twice.at(-1)?.["error"]), /quantize/);
    assert.ok(!(await names()).includes("smaller:latest"));
  });

  it("are loaded anew when their name means something else", async () => {
    const ask = async () => (await client.generate({ model: "mine", prompt: "hello" })).eval_count;
    assert.ok((await ask()) <= 3);
    await client.create({ model: "mine", from: "mine", parameters: { num_predict: 1 } });
    assert.equal(await ask(), 1);
  });

  it("are copied, and deleted while they are loaded", async () => {
    await client.copy({ source: "mine", destination: "yours" });
    const digests = new Map((await client.list()).models.map((model) => [model.name, model.digest]));
    assert.equal(digests.get("yours:latest"), digests.get("mine:latest"));
    await client.generate({ model: "yours", prompt: "hello" });
    await client.delete({ model: "yours" });
    assert.ok(!(await names()).includes("yours:latest"));
    assert.ok((await client.ps()).models.every(({ name }) => name !== "yours:latest"));
    await assert.rejects(client.generate({ model: "yours", prompt: "hello" }), { status_code: 404 });
    assert.equal((await client.generate({ model: "mine", prompt: "hello" })).eval_count, 1);
  });

  it("are pulled, and say how far they have come", async () => {
    await using hub = await FakeHub.start();
    hub.files.set("/org/repo/resolve/main/a.gguf", bytes);
    hub.files.set("/org/repo/resolve/main/b.gguf", Buffer.concat([bytes, Buffer.alloc(32)]));
    const seen = await lines("/api/pull", { model: "hf:org/repo:b.gguf" });
    const statuses = seen.map(({ status }) => status);
    assert.equal(statuses[0], "pulling manifest");
    assert.deepEqual(statuses.slice(-3), ["verifying sha256 digest", "writing manifest", "success"]);
    const last = seen.findLast(({ status }) => String(status).startsWith("pulling Hugging Face"));
    assert.deepEqual([last?.["completed"], last?.["total"]], [bytes.length + 32, bytes.length + 32]);
    assert.ok((await names()).includes("hf:org/repo:b.gguf"));
    // What is there already is not fetched again.
    assert.deepEqual(await lines("/api/pull", { model: "", name: "hf:org/repo:b.gguf", username: "", password: "" }), [
      { status: "pulling manifest" },
      { status: "success" },
    ]);
    assert.equal((await client.pull({ model: "hf:org/repo:a.gguf" })).status, "success");
    const failed = await lines("/api/pull", { model: "hf:org/repo:none.gguf" });
    assert.match(String(failed.at(-1)?.["error"]), /none\.gguf/);
    await assert.rejects(client.pull({ model: "hf:org/repo:none.gguf" }), { status_code: 404 });
  });
});

describe("models that are pushed", () => {
  it("are where their names say, and tell how far they have come", async () => {
    await using registry = await FakeRegistry.start();
    process.env["MULLAMA_OLLAMA_REGISTRY"] = `http://${registry.host}`;
    try {
      await client.copy({ source: "mine", destination: "me/pushed:v1" });
      const seen: string[] = [];
      let arrived: number | undefined;
      for await (const { status, digest: of, total, completed } of await client.push({
        model: "me/pushed:v1",
        stream: true,
      })) {
        seen.push(status);
        if (of === digest && total === bytes.length) arrived = completed;
      }
      assert.equal(arrived, bytes.length);
      assert.equal(seen[0], "retrieving manifest");
      assert.ok(seen.includes(`pushing ${digest.slice(7, 19)}`));
      assert.deepEqual(seen.slice(-2), ["pushing manifest", "success"]);
      assert.ok(registry.manifests.has("me/pushed/v1"));
      assert.ok(registry.blobs.get(digest)?.equals(bytes));
      assert.deepEqual(await client.push({ model: "me/pushed:v1" }), { status: "success" });
      registry.faults.push({ method: "PUT", kind: "status", status: 403 });
      const failed = await lines("/api/push", { model: "me/pushed:v1" });
      assert.match(String(failed.at(-1)?.["error"]), /could not be pushed: .*403/);
      registry.faults.push({ method: "PUT", kind: "status", status: 403 });
      await assert.rejects(client.push({ model: "me/pushed:v1" }), { status_code: 502 });
    } finally {
      delete process.env["MULLAMA_OLLAMA_REGISTRY"];
    }
  });

  it("go to another host only for who has a key of the server's owner", async () => {
    await using registry = await FakeRegistry.start();
    const model = `${registry.host}/me/pushed:v1`;
    await client.copy({ source: "mine", destination: model });
    await assert.rejects(client.push({ model }), { status_code: 403, message: /shows a key/ });
    const owner = createKey();
    const other = createKey();
    const keys = [
      { name: "owner", sha256: owner.sha256, scopes: ["admin" as const] },
      { name: "other", sha256: other.sha256, scopes: ["models" as const] },
    ];
    const { server: locked } = await ollamaServer({ store: true, load: { home }, keys });
    const push = async ({ key }: { key: string }): Promise<number> => {
      const body = { model, insecure: true, stream: false };
      return (await post(locked.app, "/api/push", body, { Authorization: `Bearer ${key}` })).status;
    };
    assert.deepEqual([await push(other), await push(owner)], [403, 200]);
    assert.ok(registry.manifests.has("me/pushed/v1"));
    await locked.close();
  });
});

describe("what is refused of the store", () => {
  it("says what is wrong", async () => {
    const create = async (body: object): Promise<[number, string]> => {
      const response = await post(server.app, "/api/create", { model: "x", stream: false, ...body });
      return [response.status, ((await response.json()) as { error: string }).error];
    };
    const refuses = async (body: object, status: number, problem: RegExp) => {
      const [code, error] = await create(body);
      assert.match(error, problem);
      assert.equal(code, status);
    };
    await refuses({}, 400, /from/);
    await refuses({ from: "none" }, 404, /can be fetched/);
    await refuses({ from: tinyLlama().path }, 404, /can be fetched/);
    await refuses({ from: "mine", quantize: "q4_7" }, 400, /quantize.*Q4_K_M/);
    await refuses({ from: "mine", modelfile: "FROM x" }, 400, /modelfile/);
    await refuses({ from: "mine", parameters: { temprature: 1 } }, 400, /temperature\?/);
    await refuses({ from: "mine", template: "{{ .Prompt | nothing }}" }, 400, /nothing/);
    await refuses({ from: "mine", template: "{{ .Prompt }}".repeat(10_000) }, 400, /template: .*at most 65536/);
    await refuses({ model: "../x", from: "mine" }, 400, /name/);
    await refuses({ files: { "model.gguf": `sha256:${"0".repeat(64)}` } }, 400, /Post them/);
    await refuses({ files: { "model.gguf": "../../etc/passwd" } }, 400, /digest/);
    const text = new TextEncoder().encode("no model");
    const other = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    await blob(other, "POST", text);
    await refuses({ files: { "model.gguf": other } }, 400, /GGUF/);
    assert.ok(!(await create({ files: { "model.gguf": other } }))[1].includes(home));
    assert.ok(!(await names()).includes("x:latest"));
    assert.equal((await blob(other.replace(/.$/, "f"), "POST", text)).status, 400);
    assert.equal((await blob("passwd", "HEAD")).status, 400);
    await assert.rejects(client.push({ model: "mine" }), { status_code: 400, message: /destination/ });
    await assert.rejects(client.push({ model: "none" }), { status_code: 404 });
    await assert.rejects(client.delete({ model: "none" }), { status_code: 404 });
    await assert.rejects(client.copy({ source: "none", destination: "y" }), { status_code: 404 });
    await assert.rejects(client.copy({ source: "mine", destination: "a/b/c/d" }), { status_code: 400 });
  });

  it("pulls no files, and nothing from hosts of the client's choice", async () => {
    writeFileSync(join(home, "near.gguf"), bytes);
    for (const model of [
      tinyLlama().path,
      "./near.gguf",
      "src",
      "http://127.0.0.1:9/x.gguf",
      "https://10.0.0.1/x.gguf",
      "file:///etc/passwd",
      "10.0.0.1:5000/ns/model",
      "ollama:10.0.0.1:5000/ns/model",
      "ollama:host.example/ns/model:tag",
      "docker:host.example/ns/model:tag",
      "docker:10.0.0.1:5000/ns/model",
      "oci://10.0.0.1/x",
    ])
      await assert.rejects(client.pull({ model }), { status_code: 404, message: /can be fetched/ }, model);
    await assert.rejects(client.pull({ model: "smollm2:135m", insecure: true }), { status_code: 400 });
  });

  it("wants a key that may change models, and a store that is offered", async () => {
    const user = createKey();
    const owner = createKey();
    const keys = [
      { name: "user", sha256: user.sha256 },
      { name: "owner", sha256: owner.sha256, scopes: ["inference" as const, "models" as const] },
    ];
    const { server: locked } = await ollamaServer({ keys });
    const bearer = ({ key }: { key: string }) => ({ Authorization: `Bearer ${key}` });
    for (const path of ["pull", "push", "create", "copy", "blobs/sha256:1"])
      assert.equal((await post(locked.app, `/api/${path}`, {}, bearer(user))).status, 403, path);
    const tags = new Request("http://localhost/api/tags", { headers: bearer(user) });
    assert.equal((await locked.app.fetch(tags)).status, 200);
    const copy = { source: "tiny", destination: "y" };
    const refused = await post(locked.app, "/api/copy", copy, bearer(owner));
    assert.equal(refused.status, 403);
    assert.match(((await refused.json()) as { error: string }).error, /store/);
    await locked.close();
  });
});
