// What models there are, what they are, and which are loaded.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Ollama } from "ollama";
import type { ListeningServer } from "../../../src/server/index.js";
import { ollamaServer } from "../../support/ollama-server.js";

let server: ListeningServer;
let client: Ollama;
before(async () => ({ server, client } = await ollamaServer()));
after(() => server.close());

describe("the models of a server, as Ollama tells of them", () => {
  it("are listed with what their files say of them", async () => {
    const { models } = await client.list();
    assert.deepEqual(models.map(({ name }) => name).sort(), ["bert", "tiny"]);
    const tiny = models.find(({ name }) => name === "tiny");
    assert.equal(tiny?.model, "tiny");
    assert.match(tiny?.digest ?? "", /^[\da-f]{64}$/);
    assert.ok(tiny && tiny.size > 1000);
    assert.ok(!Number.isNaN(Date.parse(String(tiny.modified_at))));
    assert.equal(tiny.details.format, "gguf");
    assert.equal(tiny.details.family, "llama");
    assert.match(tiny.details.parameter_size, /^[\d.]+[KM]?$/);
  });

  it("are shown: how they are used, and what they are made of", async () => {
    const shown = await client.show({ model: "tiny" });
    assert.match(shown.modelfile, /^FROM tiny\n/);
    assert.match(shown.parameters, /^temperature +0$/m);
    const info = shown.model_info as unknown as Record<string, unknown>;
    assert.equal(info["general.architecture"], "llama");
    assert.ok(Number(info["general.parameter_count"]) > 1000);
    assert.equal(info["tokenizer.ggml.tokens"], null);
    assert.deepEqual(shown.capabilities, ["completion", "tools", "insert"]);
    assert.deepEqual((await client.show({ model: "bert" })).capabilities, ["embedding"]);
    const verbose = { model: "tiny", verbose: true };
    const all = (await client.show(verbose)) as unknown as {
      tensors: { name: string; type: string; shape: number[] }[];
      model_info: Record<string, unknown[]>;
    };
    assert.ok(all.tensors.some(({ name, shape }) => name === "token_embd.weight" && shape.length === 2));
    assert.ok((all.model_info["tokenizer.ggml.tokens"]?.length ?? 0) > 10);
    await assert.rejects(client.show({ model: "none" }), { status_code: 404 });
  });

  it("are listed while they are loaded", async () => {
    assert.deepEqual((await client.ps()).models, []);
    await client.generate({ model: "tiny", prompt: "", keep_alive: -1 });
    const [model] = (await client.ps()).models;
    assert.equal(model?.name, "tiny");
    assert.ok(model.size > 0);
    assert.ok(Date.parse(String(model.expires_at)) > Date.now() + 1e12);
    const [listed] = (await client.list()).models.filter(({ name }) => name === "tiny");
    assert.equal(model.digest, listed?.digest);
  });

  it("are behind an API of a release, and a greeting", async () => {
    assert.match((await client.version()).version, /^\d+\.\d+\.\d+$/);
    const greeting = await fetch(server.url);
    assert.equal(await greeting.text(), "Ollama is running");
    assert.equal((await fetch(server.url, { method: "HEAD" })).status, 200);
    const page = await fetch(server.url, { headers: { accept: "text/html" } });
    assert.notEqual(await page.text(), "Ollama is running");
  });
});
