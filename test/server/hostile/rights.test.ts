import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { createKey, createServer } from "../../../src/server/index.js";
import { FakeHub } from "../../support/http-hub.js";
import { post, tinyServer } from "../../support/tiny-server.js";

const home = mkdtempSync(join(tmpdir(), "mullama-rights-"));
after(() => rmSync(home, { recursive: true, force: true }));

const user = createKey();
const owner = createKey();
const keys = [
  { name: "user", sha256: user.sha256 },
  { name: "owner", sha256: owner.sha256, scopes: ["inference" as const, "models" as const] },
];
const bearer = ({ key }: { readonly key: string }) => ({ Authorization: `Bearer ${key}` });

describe("a key that may only generate", () => {
  it("has no model loaded in another way, held, or unloaded", async () => {
    await using server = await tinyServer({ keys });
    const events: string[] = [];
    server.services.pool.subscribe(({ type }) => void events.push(type));
    const ask = async (fields: object, key = user): Promise<number> => {
      const body = { model: "tiny", prompt: "a", stream: false, ...fields };
      const response = await post(server, "/api/generate", body, bearer(key));
      await response.text();
      return response.status;
    };
    const few = { num_predict: 1 };
    assert.equal(await ask({ options: few }), 200);
    const loaded = events.length;
    const modest = [{ num_ctx: 512 }, { num_ctx: 1024 }].map((options) => ({ options: { ...options, ...few } }));
    for (const fields of [...modest, { keep_alive: "1m", options: few }, { keep_alive: 0, options: few }])
      assert.equal(await ask(fields), 200, JSON.stringify(fields));
    const greedy = [{ num_ctx: 4096 }, { num_ctx: 1e9 }, { num_thread: 64 }, { num_gpu: 99 }, { num_batch: 32 }];
    for (const fields of [
      ...greedy.map((options) => ({ options: { ...options, ...few } })),
      { keep_alive: -1, options: few },
      { keep_alive: "24h", options: few },
      { keep_alive: 0, prompt: "" },
      { keep_alive: -1, prompt: "" },
    ])
      assert.equal(await ask(fields), 403, JSON.stringify(fields));
    assert.equal(events.length, loaded, `${events.join()}: the model was left as it was`);
    assert.equal(await ask({ options: { num_ctx: 512, ...few } }, owner), 200);
    assert.ok(events.includes("unloaded"));
    assert.equal(await ask({ keep_alive: 0, prompt: "" }, owner), 200);
    assert.equal(server.services.pool.list().length, 0);
  });

  it("has nothing fetched, also where the server fetches for others", async () => {
    await using hub = await FakeHub.start();
    await using server = await createServer({ keys, downloads: true, host: "inline", load: { home } });
    const model = "hf:org/repo:a.gguf";
    const ask = async (key: typeof user): Promise<number> => {
      const response = await post(server, "/v1/completions", { model, prompt: "a" }, bearer(key));
      await response.text();
      return response.status;
    };
    assert.equal(await ask(user), 404);
    assert.deepEqual(hub.requests.length, 0);
    // The hub was asked, and has no such file.
    assert.equal(await ask(owner), 404);
    assert.ok(hub.requests.length > 0);
  });
});
