import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Hono } from "hono";
import { Activity } from "../../src/server/http/activity.js";
import { trackRequests } from "../../src/server/http/track-requests.js";
import type { ServerEnv } from "../../src/server/server-env.js";
import { type AccessRecord, createKey, createServer, type MullamaServer } from "../../src/server/index.js";
import { scopeOf } from "../../src/server/auth/route-scope.js";
import { post, tinyServer } from "../support/tiny-server.js";

const models = "/v1/models";
const hello = { model: "tiny", messages: [{ role: "user", content: "secret" }], max_tokens: 2 };

function get(server: MullamaServer, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return server.fetch(new Request(`http://localhost${path}`, { headers }));
}

async function problem(response: Response): Promise<{ readonly type: string; readonly code: string }> {
  return ((await response.json()) as { error: { type: string; code: string } }).error;
}

describe("who may use a server", () => {
  it("is everyone where there are no keys", async () => {
    await using server = await createServer({ store: false });
    assert.equal((await get(server, models)).status, 200);
    assert.equal((await get(server, "/health")).status, 200);
    const missing = await get(server, "/v2/nothing");
    assert.equal(missing.status, 404);
    assert.equal((await problem(missing)).code, "not_found");
  });

  it("is who shows a key that allows it", async () => {
    const [plain, keeper] = [createKey(), createKey()];
    await using server = await createServer({
      store: false,
      keys: [
        { name: "plain", sha256: plain.sha256 },
        { name: "keeper", sha256: keeper.sha256, scopes: ["models"] },
      ],
    });
    assert.equal((await get(server, "/health")).status, 200);
    const nobody = await get(server, models);
    assert.equal(nobody.status, 401);
    assert.equal(nobody.headers.get("www-authenticate"), "Bearer");
    assert.equal((await problem(nobody)).code, "invalid_api_key");
    assert.equal((await get(server, models, { Authorization: "Bearer mk-wrong" })).status, 401);
    assert.equal((await get(server, models, { Authorization: `Bearer ${plain.key}` })).status, 200);
    assert.equal((await get(server, models, { "X-Api-Key": plain.key })).status, 200);
    const refused = await get(server, models, { Authorization: `Bearer ${keeper.key}` });
    assert.equal(refused.status, 403);
    assert.equal((await problem(refused)).type, "permission_error");
  });

  it("wants the inference scope for a route that nobody thought of", () => {
    assert.equal(scopeOf("POST", "/v1/anything"), "inference");
    assert.equal(scopeOf("GET", "/health"), "public");
    assert.equal(scopeOf("POST", "/api/pull"), "models");
    assert.equal(scopeOf("DELETE", "/api/delete"), "models");
    assert.equal(scopeOf("GET", "/metrics"), "admin");
    assert.equal(scopeOf("GET", "/slots"), "admin");
    assert.equal(scopeOf("POST", "/models/unload"), "models");
  });

  it("is limited to so many requests a minute, and at the same time", async () => {
    const { key, sha256 } = createKey();
    await using server = await createServer({ store: false, keys: [{ name: "slow", sha256, requestsPerMinute: 2 }] });
    const statuses = [];
    for (let count = 0; count < 3; count++) {
      const response = await get(server, models, { Authorization: `Bearer ${key}` });
      statuses.push(response.status);
      if (count === 2) assert.ok(Number(response.headers.get("retry-after")) > 0);
    }
    assert.deepEqual(statuses, [200, 200, 429]);

    await using narrow = await tinyServer({ keys: [{ name: "narrow", sha256, concurrency: 1 }] });
    const headers = { Authorization: `Bearer ${key}` };
    const first = await post(narrow, "/v1/chat/completions", { ...hello, stream: true }, headers);
    assert.equal((await get(narrow, models, headers)).status, 429);
    await first.text();
    assert.equal((await get(narrow, models, headers)).status, 200);
  });
});

describe("web pages", () => {
  it("of others are refused before they do anything", async () => {
    await using server = await createServer({ store: false });
    const evil = await get(server, models, { Origin: "https://evil.example" });
    assert.equal(evil.status, 403);
    assert.equal(evil.headers.get("access-control-allow-origin"), null);
    assert.equal((await get(server, models, { Origin: "null" })).status, 403);
    assert.equal((await get(server, models, { Origin: "http://localhost" })).status, 200);
  });

  it("that are allowed get CORS headers", async () => {
    await using server = await createServer({ store: false, corsOrigins: ["https://chat.example"] });
    const origin = { Origin: "https://chat.example" };
    assert.equal((await get(server, models, origin)).headers.get("access-control-allow-origin"), origin.Origin);
    const preflight = await server.fetch(
      new Request("http://localhost/v1/models", {
        method: "OPTIONS",
        headers: { ...origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-a" },
      }),
    );
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get("access-control-allow-headers"), "x-a");
    assert.equal((await get(server, models, { Origin: "https://evil.example" })).status, 403);
  });

  it("cannot make another name mean this server", async () => {
    await using server = await createServer({ store: false, allowedHosts: ["box.lan"] });
    const statuses: Record<string, number> = {};
    for (const host of ["rebound.example:80", "localhost:8080", "127.0.0.1:80", "[::1]:80", "box.lan", "a.localhost"]) {
      statuses[host] = (await get(server, models, { Host: host })).status;
    }
    assert.deepEqual(statuses, {
      "rebound.example:80": 403,
      "localhost:8080": 200,
      "127.0.0.1:80": 200,
      "[::1]:80": 200,
      "box.lan": 200,
      "a.localhost": 200,
    });
  });
});

describe("bodies", () => {
  it("that are too long, compressed or no UTF-8 are refused", async () => {
    await using server = await createServer({ store: false, maxBodyBytes: 100 });
    const path = "/v1/chat/completions";
    assert.equal((await post(server, path, "x".repeat(101))).status, 413);
    const unsized = new Request(`http://localhost${path}`, {
      method: "POST",
      body: new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(64)),
      }),
      duplex: "half",
    });
    assert.equal((await server.fetch(unsized)).status, 413);
    assert.equal((await post(server, path, "{}", { "Content-Encoding": "gzip" })).status, 415);
    const broken = new Request(`http://localhost${path}`, { method: "POST", body: new Uint8Array([0x22, 0xff, 0x22]) });
    const response = await server.fetch(broken);
    assert.equal(response.status, 400);
    assert.match(await response.text(), /UTF-8/);
  });
});

describe("the access log", () => {
  it("tells of each request once its answer was sent, and nothing of what was said", async () => {
    const records: AccessRecord[] = [];
    await using server = await tinyServer({ onRequest: (record) => records.push(record) });
    const response = await post(
      server,
      "/v1/chat/completions?x=secret",
      { ...hello, stream: true },
      { "X-Request-Id": "r1" },
    );
    assert.equal(response.headers.get("x-request-id"), "r1");
    assert.deepEqual(records, []);
    await response.text();
    assert.equal(records.length, 1);
    const [{ requestId, method, path, status, model, ms } = {} as AccessRecord] = records;
    assert.deepEqual([requestId, method, path, status, model], ["r1", "POST", "/v1/chat/completions", 200, "tiny"]);
    assert.ok(ms.ended >= ms.begun);
    assert.doesNotMatch(JSON.stringify(records), /secret/);
    const odd = await get(server, "/health", { "X-Request-Id": "a b<c>" });
    assert.match(odd.headers.get("x-request-id") ?? "", /^req-/);
  });

  it("tells once of a client that leaves while it waits for the next piece", async () => {
    const records: AccessRecord[] = [];
    const activity = new Activity();
    const app = new Hono<ServerEnv>();
    app.use(trackRequests((record) => records.push(record), activity));
    app.get("/", () => {
      const never = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => undefined) });
      return new Response(never, { headers: { "Content-Type": "text/event-stream" } });
    });
    const { body } = await app.fetch(new Request("http://localhost/"));
    const reader = body?.getReader();
    const awaited = reader?.read();
    await delay(1);
    assert.equal(activity.quiet, 0);
    await reader?.cancel();
    await awaited;
    await delay(1);
    assert.equal(records.length, 1);
    assert.ok(activity.quiet > 0);
    activity.begin();
    assert.equal(activity.quiet, 0);
  });
});
