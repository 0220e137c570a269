import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Hono } from "hono";
import { dialectOf } from "../../src/server/dialect.js";
import { parseKeepAlive } from "../../src/server/directory/keep-alive.js";
import { MullamaError } from "../../src/errors.js";
import { Activity } from "../../src/server/http/activity.js";
import { byteStream } from "../../src/server/http/byte-stream.js";
import { failureOf } from "../../src/server/http/failure.js";
import { merge } from "../../src/server/http/merge.js";
import { ndjsonResponse } from "../../src/server/http/ndjson.js";
import { sseResponse } from "../../src/server/http/sse.js";
import { trackRequests } from "../../src/server/http/track-requests.js";
import type { ServerEnv } from "../../src/server/server-env.js";
import { hasCode } from "../support/has-code.js";

async function* give<Item>(...items: readonly Item[]): AsyncGenerator<Item, void> {
  for (const item of items) {
    await Promise.resolve();
    yield item;
  }
}

describe("server-sent events", () => {
  const failure = (error: unknown): { data: string } => ({ data: `failed: ${(error as Error).message}` });
  const options = { departure: new AbortController(), heartbeatMs: undefined, failure };

  it("are framed line by line", async () => {
    const response = await sseResponse(give({ data: "one" }, { event: "two", data: "a\nb\r\nc" }), options);
    assert.equal(await response.text(), "data: one\n\nevent: two\ndata: a\ndata: b\ndata: c\n\n");
  });

  it("are not begun where the first one fails", async () => {
    // oxlint-disable-next-line require-yield
    async function* fail(): AsyncGenerator<{ data: string }> {
      throw new RangeError("too early");
    }
    await assert.rejects(sseResponse(fail(), options), RangeError);
  });

  it("end with what failed where they have begun, if only with a comment", async () => {
    async function* fail(): AsyncGenerator<{ data: string }, void> {
      yield { data: "one" };
      throw new RangeError("too late");
    }
    const events = "data: one\n\ndata: failed: too late\n\n";
    assert.equal(await (await sseResponse(fail(), options)).text(), events);
    let go: (() => void) | undefined;
    const wait = new Promise<void>((resolve) => (go = resolve));
    // oxlint-disable-next-line require-yield
    async function* failLater(): AsyncGenerator<{ data: string }, void> {
      await wait;
      throw new RangeError("too late");
    }
    const silent = await sseResponse(failLater(), { ...options, heartbeatMs: 1 });
    let text = "";
    for await (const bytes of silent.body ?? []) {
      text += new TextDecoder().decode(bytes);
      go?.();
    }
    assert.match(text, /^(: still working\n\n)+data: failed: too late\n\n$/);
  });

  it("have comments between them while nothing happens", async () => {
    let go: (() => void) | undefined;
    const wait = new Promise<void>((resolve) => (go = resolve));
    async function* slow(): AsyncGenerator<{ data: string }, void> {
      await wait;
      yield { data: "late" };
    }
    const response = await sseResponse(slow(), { ...options, heartbeatMs: 1 });
    let text = "";
    for await (const bytes of response.body ?? []) {
      text += new TextDecoder().decode(bytes);
      if (text.split("\n\n").length > 3) go?.();
    }
    assert.match(text, /^(: still working\n\n){3,}data: late\n\n$/);
  });
});

describe("a body that comes in pieces", () => {
  it("is made at its reader's pace", async () => {
    let made = 0;
    async function* count(): AsyncGenerator<string, void> {
      for (; made < 100; made++) yield String(made);
    }
    const reader = (await byteStream(count(), { departure: new AbortController(), failure: String })).getReader();
    for (let read = 0; read < 3; read++) await reader.read();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    assert.ok(made <= 4, `${made} were made for 3`);
    await reader.cancel();
  });

  it("ends its source and says so when its reader leaves", async () => {
    let ended = false;
    async function* endless(): AsyncGenerator<string, void> {
      try {
        for (;;) yield "x";
      } finally {
        ended = true;
      }
    }
    const departure = new AbortController();
    const reader = (await byteStream(endless(), { departure, failure: String })).getReader();
    await reader.read();
    await reader.cancel();
    assert.equal(ended, true);
    assert.equal(departure.signal.aborted, true);
  });

  it("is one JSON value a line", async () => {
    const response = await ndjsonResponse(give({ a: "x\ny" }, [1]), {
      departure: new AbortController(),
      failure: String,
    });
    assert.equal(response.headers.get("content-type"), "application/x-ndjson");
    assert.equal(await response.text(), '{"a":"x\\ny"}\n[1]\n');
  });
});

describe("sources that are read together", () => {
  it("give all that they have, each in its order", async () => {
    const seen: Record<number, string[]> = { 0: [], 1: [], 2: [] };
    for await (const [source, item] of merge([give("a", "b"), give<string>(), give("c")])) seen[source]?.push(item);
    assert.deepEqual(seen, { 0: ["a", "b"], 1: [], 2: ["c"] });
  });

  it("end together when one of them fails, or the reader leaves", async () => {
    let ended = 0;
    async function* endless(): AsyncGenerator<string, void> {
      try {
        for (;;) yield "x";
      } finally {
        ended++;
      }
    }
    async function* fail(): AsyncGenerator<string, void> {
      yield "y";
      throw new RangeError("no more");
    }
    await assert.rejects(async () => {
      for await (const _ of merge([endless(), fail()]));
    }, RangeError);
    for await (const _ of merge([endless(), endless()])) break;
    assert.equal(ended, 3);
  });
});

describe("a failure", () => {
  it("of a model's process tells clients how it ended, and not what it wrote", () => {
    const words = "The engine's process has ended (exit code 1). Its last words: /home/me/secret\nand more";
    const { message, status } = failureOf(new MullamaError("ENGINE_CRASHED", words));
    assert.equal(message, "The engine's process has ended (exit code 1).");
    assert.equal(status, 500);
  });
});

describe("how long a model stays", () => {
  it("is seconds, or a duration", () => {
    const read = ["5m", "1h30m", "90", 90, "1.5s", "100ms", 0, "0", -1, "-1", "-5m"].map((value) =>
      parseKeepAlive(value),
    );
    assert.deepEqual(read, [300_000, 5_400_000, 90_000, 90_000, 1500, 100, 0, 0, Infinity, Infinity, Infinity]);
    for (const wrong of ["", "soon", "5 m", "m5", "1d"])
      assert.throws(() => parseKeepAlive(wrong), hasCode("ARGUMENT_INVALID", /keep_alive/));
  });
});

describe("the dialect of a path", () => {
  it("is the one with the longest prefix of it, or the first", () => {
    const [openai, anthropic, ollama] = [{ paths: ["/v1"] }, { paths: ["/v1/messages"] }, { paths: ["/api"] }];
    const spoken = (path: string) => dialectOf([openai, anthropic, ollama], path);
    assert.equal(spoken("/v1/messages/count_tokens"), anthropic);
    assert.equal(spoken("/v1/messagesx"), openai);
    assert.equal(spoken("/api/chat"), ollama);
    assert.equal(spoken("/nothing"), openai);
  });
});

describe("a request", () => {
  it("has ended once, also when its client leaves in the moment in which a piece comes", async () => {
    const activity = new Activity();
    const logged: string[] = [];
    let piece = (): void => undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => void (piece = () => controller.enqueue(new Uint8Array(1))),
    });
    const app = new Hono<ServerEnv>()
      .use(trackRequests(({ path }) => logged.push(path), activity))
      .get("/", () => new Response(body, { headers: { "Content-Type": "text/event-stream" } }));
    const response = await app.request("/");
    assert.equal(activity.open, 1);
    const reader = response.body?.getReader();
    void reader?.read();
    // The piece is read, but nobody has heard of that yet.
    piece();
    await reader?.cancel();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(activity.open, 0);
    assert.deepEqual(logged, ["/"]);
  });
});
