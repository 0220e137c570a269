// The page's files, as a browser asks for them.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import { createServer, hashKey, type MullamaServer } from "../../../src/server/index.js";

describe("the page's files", () => {
  let server: MullamaServer;
  let html = "";
  before(async () => {
    server = await createServer({ store: false });
    html = await (await get("/ui/")).text();
  });
  after(() => server.dispose());

  function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return server.fetch(new Request(`http://localhost${path}`, { headers }));
  }

  const script = (): string => /src="([^"]+\.js)"/.exec(html)?.[1] ?? "";
  const style = (): string => /href="([^"]+\.css)"/.exec(html)?.[1] ?? "";

  it("are where browsers look, and not where other clients do", async () => {
    const response = await get("/", { Accept: "text/html,*/*" });
    assert.equal(response.status, 302);
    assert.equal(response.headers.get("location"), "ui/");
    assert.equal((await get("/", { Accept: "*/*" })).headers.get("location"), null);
    assert.match(html, /<title>mullama<\/title>/);
  });

  it("have their types, and are kept for ever where their name holds their hash", async () => {
    for (const [name, type] of [
      [script(), "text/javascript; charset=utf-8"],
      [style(), "text/css; charset=utf-8"],
    ] as const) {
      const response = await get(`/ui/${name}`);
      assert.equal(response.status, 200, name);
      assert.equal(response.headers.get("content-type"), type);
      assert.match(response.headers.get("cache-control") ?? "", /immutable/);
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    }
    const page = await get("/ui/");
    assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
    assert.equal(page.headers.get("cache-control"), "no-cache");
    assert.equal((await get("/ui/", { "If-None-Match": page.headers.get("etag") ?? "" })).status, 304);
  });

  it("are small, and compressed for whoever can read that", async () => {
    let total = 0;
    for (const name of ["", script(), style()]) {
      const [plain, gzipped] = [await get(`/ui/${name}`), await get(`/ui/${name}`, { "Accept-Encoding": "gzip, br" })];
      assert.equal(gzipped.headers.get("content-encoding"), "gzip");
      const bytes = Buffer.from(await gzipped.arrayBuffer());
      assert.deepEqual(gunzipSync(bytes), Buffer.from(await plain.arrayBuffer()));
      total += bytes.length;
    }
    assert.ok(total < 120_000, `${total} bytes`);
  });

  it("may run their own script and speak to their own server, and name no other", async () => {
    const policy = (await get("/ui/")).headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'; script-src 'self';/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    assert.doesNotMatch(html, /https?:\/\//);
  });

  it("are these and no others", async () => {
    for (const path of ["/ui/package.json", "/ui/..%2f..%2fpackage.json", "/ui/x.js", "/ui/a/b"])
      assert.equal((await get(path)).status, 404, path);
  });

  it("are not served where the server's owner does not want them", async () => {
    await using other = await createServer({ store: false, page: false });
    assert.equal((await other.fetch(new Request("http://localhost/ui/"))).status, 404);
  });

  it("are for everyone, what they show is for those with a key", async () => {
    const keys = [
      { name: "one", sha256: hashKey("mk-one") },
      { name: "all", sha256: hashKey("mk-all"), scopes: ["admin" as const] },
    ];
    await using closed = await createServer({ store: false, keys });
    const status = async (path: string, key?: string): Promise<number> => {
      const headers: Record<string, string> = key === undefined ? {} : { Authorization: `Bearer ${key}` };
      return (await closed.fetch(new Request(`http://localhost${path}`, { headers }))).status;
    };
    assert.equal(await status("/ui/"), 200);
    assert.equal(await status("/ui/state"), 401);
    assert.equal(await status("/ui/state", "mk-one"), 200);
    assert.equal(await status("/ui/metrics", "mk-one"), 403);
    assert.equal(await status("/ui/metrics", "mk-all"), 200);
  });
});
