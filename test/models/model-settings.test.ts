/** What a model's record says of its use: it holds, unless somebody says otherwise. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { load, type LoadedModel, ModelStore, resolveModel } from "../../src/index.js";
import { settingsOf } from "../../src/models/index.js";
import { packageVersion } from "../../src/package-version.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { tinyLlama, tinyLora } from "../support/tiny-models.js";

const template = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}";

describe("a model with a definition", () => {
  const home = temporaryFolder();
  const tiny = tinyLlama({ contextSize: 4096 });
  let model: LoadedModel;
  let plain: LoadedModel;
  before(async () => {
    const store = new ModelStore(home);
    await store.create("mine", {
      from: tiny.path,
      draft: tiny.path,
      adapters: [{ path: tinyLora(tiny), scale: 20 }],
      definition: {
        template,
        system: "You are brief.",
        messages: [
          { role: "user", content: "A" },
          { role: "assistant", content: "B" },
        ],
        defaults: { contextSize: 1024, threads: 1, temperature: 0, maxTokens: 7, ignoreEos: true },
      },
    });
    model = await load("mine", { home, host: "inline" });
    plain = await load(tiny.path, { host: "inline", contextSize: 2048, threads: 1 });
  });
  after(() => Promise.all([model.dispose(), plain.dispose()]));

  it("guesses ahead as it says", async () => {
    const store = new ModelStore(home);
    const definition = { speculation: { maxDraft: 3, minProbability: 0.5 } };
    await store.create("guessing", { from: tiny.path, draft: tiny.path, definition });
    const { engine } = settingsOf(await resolveModel("guessing", { home }));
    assert.deepEqual(engine.speculation, { type: "draft-model", path: tiny.path, maxDraft: 3, minProbability: 0.5 });
  });

  it("is neither made nor loaded by a mullama that is older than it needs", async () => {
    const store = new ModelStore(home);
    const of = (requires: string) => store.create("later", { from: tiny.path, definition: { requires } });
    await assert.rejects(of("99.0.0"), {
      code: "UNSUPPORTED",
      message: /later:latest needs mullama 99\.0\.0, and this is/,
    });
    await store.put({ ...(await of("0.0.1")), definition: { requires: "99.0.0" } });
    await assert.rejects(load("later", { home, host: "inline" }), { code: "UNSUPPORTED", message: /npm install/ });
    await store.create("later", { from: tiny.path, definition: { requires: packageVersion() } });
  });

  it("is loaded as it says, or as the caller does", async () => {
    assert.equal(model.info.contextSize, 1024);
    assert.equal(model.info.threads, 1);
    await using other = await load("mine", { home, host: "inline", contextSize: 512, chatTemplate: "chatml" });
    assert.equal(other.info.contextSize, 512);
    assert.match(other.chatFormat.prompt([{ role: "user", content: "x" }]).text, /<\|im_start\|>user/);
  });

  it("generates as it says, or as a request does", async () => {
    const { text, tokens } = await model.generate("hello");
    assert.equal(tokens.length, 7);
    assert.equal((await model.generate("hello")).text, text);
    assert.equal((await model.generate("hello", { maxTokens: 3 })).tokens.length, 3);
    const request = { temperature: 0, maxTokens: 7, ignoreEos: true };
    const adapted = await plain.generate("hello", { ...request, adapters: [{ path: tinyLora(tiny), scale: 20 }] });
    assert.equal(adapted.text, text);
    assert.notEqual((await plain.generate("hello", request)).text, text);
    assert.equal((await model.generate("hello", { adapters: [] })).text, (await plain.generate("hello", request)).text);
    const sequence = await model.sequence("hello");
    assert.equal((await sequence.generate()).text, text);
    let streamed = "";
    for await (const chunk of model.stream("hello")) streamed += chunk.text;
    assert.equal(streamed, text);
  });

  it("guesses ahead with its draft model", async () => {
    const { draftedTokens = 0 } = (await model.generate("hello", { maxTokens: 20 })).usage as {
      draftedTokens?: number;
    };
    const metrics = await model.metrics();
    assert.ok(draftedTokens > 0 || JSON.stringify(metrics).includes("draft"), JSON.stringify(metrics));
  });

  it("begins conversations as it says", async () => {
    const { seen } = await model.respond([{ role: "user", content: "Hi" }]).result;
    assert.ok(seen.text.startsWith("<s>[system]You are brief.[user]A[assistant]B[user]Hi"), seen.text);
    const own = await model.respond([
      { role: "system", content: "Own" },
      { role: "user", content: "Hi" },
    ]).result;
    assert.ok(own.seen.text.startsWith("<s>[system]Own[user]A[assistant]B[user]Hi"), own.seen.text);
    assert.equal(own.usage.completionTokens, 7);

    const chat = model.chat();
    assert.equal(chat.history.length, 2);
    const reply = await chat.send("Hi");
    assert.equal(reply.seen.text.slice(0, seen.text.indexOf("Hi")), seen.text.slice(0, seen.text.indexOf("Hi")));
    assert.equal(reply.usage.completionTokens, 7);
    const other = await model.chat({ system: "Own", history: [] }).send("Hi", { maxTokens: 2 });
    assert.ok(other.seen.text.startsWith("<s>[system]Own[user]Hi"), other.seen.text);
    assert.equal(other.usage.completionTokens, 2);
  });

  it("leaves a model without one as it was", async () => {
    const { usage } = await plain.respond([{ role: "user", content: "Hi" }], { maxTokens: 2, temperature: 0 }).result;
    assert.ok(usage.completionTokens <= 2);
  });
});
