import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createKey, type MullamaServer } from "../../../src/server/index.js";
import { ask, look } from "../../support/ask-server.js";
import { post, tinyServer } from "../../support/tiny-server.js";

interface Models {
  readonly data: readonly { readonly id: string; readonly status: { readonly value: string } }[];
}

describe("llama-server's router", () => {
  let server: MullamaServer;
  before(async () => (server = await tinyServer()));
  after(() => server.dispose());

  const state = async (): Promise<string | undefined> =>
    (await look<Models>(server, "/models")).data.find(({ id }) => id === "tiny")?.status.value;

  it("loads and unloads, and tells of it", async () => {
    const events = await server.fetch(new Request("http://localhost/models/sse"));
    const reader = events.body?.getReader();
    assert.ok(reader);
    assert.equal(await state(), "unloaded");
    assert.deepEqual(await look(server, "/props?model=tiny&autoload=false", 503).then(() => "refused"), "refused");
    assert.deepEqual(await ask(server, "/models/load", { model: "gpt-tiny" }), { success: true });
    assert.equal(await state(), "loaded");
    assert.deepEqual(await ask(server, "/models/unload", { model: "tiny" }), { success: true });
    assert.equal(await state(), "unloaded");
    await ask(server, "/models/unload", { model: "tiny" }, 400);
    await ask(server, "/models/load", { model: "nobody" }, 404);
    let text = "";
    while (!text.includes('"unloaded"')) text += new TextDecoder().decode((await reader.read()).value);
    await reader.cancel();
    const statuses = [...text.matchAll(/"status":"(\w+)"/g)].map(([, status]) => status);
    assert.deepEqual([...new Set(statuses)], ["loading", "loaded", "unloaded"]);
  });

  it("wants the right key for each of it", async () => {
    const [user, keeper, owner] = [createKey(), createKey(), createKey()];
    await using guarded = await tinyServer({
      keys: [
        { name: "user", sha256: user.sha256 },
        { name: "keeper", sha256: keeper.sha256, scopes: ["models"] },
        { name: "owner", sha256: owner.sha256, scopes: ["admin"] },
      ],
    });
    const status = async (key: string, path: string, body?: object): Promise<number> => {
      const headers = { Authorization: `Bearer ${key}` };
      const response =
        body === undefined
          ? await guarded.fetch(new Request(`http://localhost${path}`, { headers }))
          : await post(guarded, path, body, headers);
      await response.body?.cancel();
      return response.status;
    };
    assert.equal(await status(user.key, "/models"), 200);
    assert.equal(await status(user.key, "/completion", { prompt: "hi", n_predict: 1 }), 200);
    assert.equal(await status(user.key, "/props"), 200);
    for (const [path, body] of [
      ["/models/load", { model: "tiny" }],
      ["/models/sse", undefined],
      ["/slots", undefined],
      ["/slots/0?action=erase", {}],
      ["/lora-adapters", undefined],
      ["/metrics", undefined],
    ] as const)
      assert.equal(await status(user.key, path, body), 403, path);
    assert.equal(await status(keeper.key, "/models/load", { model: "tiny" }), 200);
    assert.equal(await status(keeper.key, "/models/sse"), 200);
    assert.equal(await status(keeper.key, "/slots"), 403);
    assert.equal(await status(owner.key, "/slots?model=tiny"), 200);
  });
});
