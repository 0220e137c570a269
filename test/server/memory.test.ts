// Models and the memory that there is for them, as clients of each dialect hear of it.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type ListeningServer, serve } from "../../src/server/index.js";
import { estimateNeed } from "../../src/server/pool/memory.js";
import { tinyLlama } from "../support/tiny-models.js";
import { chatTemplate } from "../support/tiny-server.js";

const model = tinyLlama({ contextSize: 32768 }).path;
const options = { contextSize: 32768, parallel: 1, threads: 1, chatTemplate };
/** A request waits so long for models in use to make room. */
const WAIT_MS = 2000;
const small = { model, ...options };
const messages = [{ role: "user", content: "hello" }];

interface Dialect {
  readonly path: string;
  readonly body: object;
  readonly told: (message: RegExp, code: string) => object;
}

/** Of what each dialect's clients send, and what they hear where a model has no room. */
const dialects: readonly Dialect[] = [
  {
    path: "/v1/chat/completions",
    body: { messages },
    told: (message: RegExp, code: string) => ({ error: { message, type: "server_error", param: null, code } }),
  },
  {
    path: "/v1/responses",
    body: { input: "hello" },
    told: (message: RegExp, code: string) => ({ error: { message, type: "server_error", param: null, code } }),
  },
  {
    path: "/v1/messages",
    body: { messages, max_tokens: 4 },
    told: (message: RegExp) => ({ type: "error", error: { type: "overloaded_error", message } }),
  },
  { path: "/api/chat", body: { messages }, told: (error: RegExp) => ({ error }) },
  { path: "/api/generate", body: { prompt: "hello" }, told: (error: RegExp) => ({ error }) },
  {
    path: "/completion",
    body: { prompt: "hello" },
    told: (message: RegExp) => ({ error: { code: 503, message, type: "unavailable_error" } }),
  },
];

/** Fails where an answer is not as told; where that has a pattern, the answer must match. */
function assertTold(answer: unknown, told: unknown, what: string): void {
  if (told instanceof RegExp) return assert.match(String(answer), told, what);
  if (typeof told !== "object" || told === null) return assert.equal(answer, told, what);
  for (const [name, value] of Object.entries(told))
    assertTold((answer as Record<string, unknown>)[name], value, `${what} ${name}`);
}

describe("memory for models", () => {
  let server: ListeningServer;
  before(async () => {
    const call = { signal: new AbortController().signal, onProgress: () => undefined };
    const bare = { aliases: [], defaults: {}, limits: {}, loraAdapters: [], system: undefined, keepAlive: undefined };
    const { host: need } = await estimateNeed({ id: "a", source: model, options, pinned: false, ...bare }, call);
    server = await serve({
      port: 0,
      store: false,
      host: "worker",
      checkAnswers: true,
      // There is room for two of the small ones.
      memoryLimit: 2.5 * need,
      roomTimeout: WAIT_MS,
      models: { a: small, b: small, c: small, big: { ...small, contextSize: 2 ** 22 } },
    });
  });
  after(() => server.close());

  const ask = (path: string, body: object, signal?: AbortSignal): Promise<Response> =>
    fetch(`${server.url}${path}`, { method: "POST", body: JSON.stringify(body), signal: signal ?? null });

  async function loaded(): Promise<string> {
    const { models } = (await (await fetch(`${server.url}/api/ps`)).json()) as { models: readonly { name: string }[] };
    return models
      .map(({ name }) => name)
      .sort()
      .join(" ");
  }

  async function load(name: string): Promise<void> {
    const response = await ask("/v1/completions", { model: name, prompt: "a", max_tokens: 1 });
    assert.equal(response.status, 200, await response.text());
    // Of two that were used in the same millisecond, either may go.
    await delay(5);
  }

  /** An answer that takes long: it goes on until its client leaves. */
  async function occupy(name: string): Promise<() => Promise<void>> {
    const leave = new AbortController();
    const body = { model: name, prompt: "a", max_tokens: 32_000, ignore_eos: true, stream: true };
    const response = await ask("/v1/completions", body, leave.signal);
    assert.equal(response.status, 200);
    const read = response.text().catch(() => undefined);
    return async () => {
      leave.abort();
      await read;
      while (server.app.services.pool.list().some(({ id, users }) => id === name && users > 0)) await delay(5);
    };
  }

  it("refuses a model that can never fit, in each dialect's words, and unloads nothing for it", async () => {
    await load("a");
    for (const { path, body, told } of dialects) {
      const response = await ask(path, { model: "big", ...body });
      assert.equal(response.status, 503, path);
      assert.equal(response.headers.get("x-should-retry"), "false", path);
      assert.equal(response.headers.get("retry-after"), null, path);
      assertTold(await response.json(), told(/big needs \d+ MiB of memory, \d+ MiB more than/, "out_of_memory"), path);
    }
    assert.equal(await loaded(), "a");
  });

  it("is that of an idle model, the one that was used the longest ago", async () => {
    await load("a");
    await load("b");
    await load("c");
    assert.equal(await loaded(), "b c");
    await load("b");
    await load("a");
    assert.equal(await loaded(), "a b");
  });

  it("is never that of a model in use: who wants it waits, and is told so", async () => {
    await load("a");
    const leaveB = await occupy("b");
    await load("c");
    assert.equal(await loaded(), "b c", "the idle one went, though it was used later");
    const leaveC = await occupy("c");
    const begun = performance.now();
    await Promise.all(
      dialects.map(async ({ path, body, told }) => {
        const response = await ask(path, { model: "a", ...body });
        assert.equal(response.status, 503, path);
        assert.equal(response.headers.get("retry-after"), "2", path);
        assertTold(await response.json(), told(/There is no room for a while (b, c|c, b) are in use/, "busy"), path);
      }),
    );
    const lasted = performance.now() - begun;
    assert.ok(lasted < 4 * WAIT_MS, `${lasted} ms: they do not wait for one another`);
    assert.equal(await loaded(), "b c");
    const waiting = load("a");
    await delay(100);
    await leaveB();
    await waiting;
    assert.equal(await loaded(), "a c");
    await leaveC();
  });
});
