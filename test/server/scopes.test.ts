import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { ModelStore } from "../../src/models/index.js";
import { composeApp } from "../../src/server/app.js";
import { scopeOf } from "../../src/server/auth/route-scope.js";
import { createKey, createServer, readKeys } from "../../src/server/index.js";
import { hasCode } from "../support/has-code.js";
import { tinyLlama } from "../support/tiny-models.js";

const folder = mkdtempSync(join(tmpdir(), "mullama-scopes-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What anyone may have, and what wants more than the right to generate. All else is inference. */
const expected = {
  public:
    /^GET (\/|\/health|\/v1\/health|\/api\/version|\/openapi\.json|\/docs|\/ui|\/ui\/|\/ui\/:name|\/favicon\.ico)$/,
  models:
    /^(POST|DELETE|PUT|GET) (\/models\/(load|unload|sse|events)|\/api\/(pull|create|copy|delete|blobs)(\/:digest)?)$|^(POST|DELETE) \/models$/,
  admin: /^(GET|POST) \/(metrics|slots|lora-adapters|requests|traces|ui\/metrics)(\/|$)|^POST \/(props|api\/push)$/,
};

describe("the scope of a route", () => {
  it("is what is meant, for every route that the server has", async () => {
    await using server = await createServer({ store: false });
    const routes = composeApp(server.services).routes.filter(({ method }) => method !== "ALL");
    assert.ok(routes.length > 10);
    for (const { method, path } of routes) {
      const wanted = Object.entries(expected).find(([, form]) => form.test(`${method} ${path}`))?.[0] ?? "inference";
      assert.equal(scopeOf(method, path.replaceAll(/:\w+(\{[^}]*\})?/g, "x")), wanted, `${method} ${path}`);
    }
  });
});

describe("a file of keys", () => {
  it("is read, and says what is wrong with it", async () => {
    const path = join(folder, "keys.json");
    const { key, sha256 } = createKey();
    writeFileSync(path, JSON.stringify({ keys: [{ name: "me", sha256 }] }));
    await using server = await createServer({ store: false, keys: await readKeys(path) });
    const ask = (headers: Record<string, string>) =>
      server.fetch(new Request("http://localhost/v1/models", { headers })).then(({ status }) => status);
    assert.deepEqual([await ask({}), await ask({ Authorization: `Bearer ${key}` })], [401, 200]);
    writeFileSync(path, '{"keys":[{"name":"me","sha256":"abc"}]}');
    await assert.rejects(readKeys(path), hasCode("ARGUMENT_INVALID", /keys\.0\.sha256/));
    writeFileSync(path, '{"keys":[]}');
    await assert.rejects(readKeys(path), hasCode("ARGUMENT_INVALID", /keys/));
    await assert.rejects(readKeys(join(folder, "none.json")), hasCode("ARGUMENT_INVALID", /none\.json/));
  });
});

describe("a model of the store that is made anew", () => {
  it("is loaded anew with the next request", async () => {
    const home = join(folder, "home");
    const store = new ModelStore(home);
    await store.create("mine", { from: tinyLlama().path });
    await using server = await createServer({ host: "inline", load: { home, threads: 1 } });
    const { pool } = server.services;
    using first = await pool.lease("mine");
    using same = await pool.lease("mine");
    assert.equal(same.model, first.model);
    await store.create("mine", { from: tinyLlama({ seed: 7 }).path });
    using other = await pool.lease("mine");
    assert.notEqual(other.model, first.model);
    await store.create("mine", { from: tinyLlama({ seed: 7 }).path, definition: { system: "Be brief." } });
    using told = await pool.lease("mine");
    assert.notEqual(told.model, other.model);
  });
});
