// One suite for every place that an engine can run in.
import assert from "node:assert/strict";
import { setImmediate as turn, setTimeout as delay } from "node:timers/promises";
import { after, before, describe, it } from "node:test";
import { ArgumentError, MullamaError } from "../../src/errors.js";
import { EngineClient, type HostKind } from "../../src/engine/hosts/engine-client.js";
import type { GenerationChunk } from "../../src/engine/protocol.js";
import { tinyLlama } from "../support/tiny-models.js";

const { path } = tinyLlama();
const greedy = { temperature: 0, ignoreEos: true };
const prompt = Int32Array.of(7, 8, 9);

async function collect(stream: AsyncIterable<GenerationChunk>): Promise<number[]> {
  const tokens: number[] = [];
  for await (const chunk of stream) tokens.push(...chunk.tokens);
  return tokens;
}

const kinds: readonly HostKind[] = ["inline", "worker", "child"];
let expected: number[] | undefined;

for (const kind of kinds) {
  describe(`an engine in a host of kind "${kind}"`, () => {
    let client: EngineClient;
    before(async () => (client = await EngineClient.start(kind, { path, contextSize: 4096, parallel: 4 })));
    after(() => client.dispose());

    it("gives the same tokens as in every other place", async () => {
      const stream = client.stream({ prompt, ...greedy, maxTokens: 20 });
      const tokens = await collect(stream);
      const { reason, usage } = await stream.result;
      assert.equal(tokens.length, 20);
      expected ??= tokens;
      assert.deepEqual(tokens, expected);
      assert.equal(reason, "length");
      assert.equal(usage.completionTokens, 20);
    });

    it("answers other questions", async () => {
      const tokens = await client.request({ type: "tokenize", text: "hello" });
      assert.ok(tokens instanceof Int32Array && tokens.length > 0);
      assert.equal(typeof (await client.request({ type: "detokenize", tokens })), "string");
      assert.equal((await client.request({ type: "metrics" })).slots.total, 4);
      const { embeddings } = await client.request({ type: "embed", request: { inputs: [tokens, prompt] } });
      assert.equal(embeddings.length, 2);
      assert.equal(embeddings[0]?.length, client.info.embeddingSize);
    });

    it("works on many requests at once", async () => {
      const streams = Array.from({ length: 12 }, (_, index) =>
        client.stream({ prompt: [...prompt, index + 5], ...greedy, maxTokens: 10 }),
      );
      const results = await Promise.all(streams.map(collect));
      assert.ok(results.every(({ length }) => length === 10));
    });

    it("tells errors with all that they say", async () => {
      const stream = client.stream({ prompt, topP: 7 });
      await assert.rejects(stream.result, (error) => {
        assert.ok(error instanceof ArgumentError);
        assert.equal(error.code, "ARGUMENT_INVALID");
        assert.equal(error.argument, "topP");
        assert.match(error.message, /^topP must be .*at most 1/);
        return true;
      });
      const tooLong = client.request({ type: "embed", request: { inputs: [new Int32Array(5000).fill(5)] } });
      await assert.rejects(tooLong, { code: "PROMPT_TOO_LONG", hint: /truncate/ });
    });

    it("cancels by signal before, at the beginning, and in the middle", async () => {
      await assert.rejects(client.stream({ prompt }, { signal: AbortSignal.abort("why") }).result, {
        code: "ABORTED",
        cause: "why",
      });
      const early = new AbortController();
      const first = client.stream({ prompt, ...greedy }, { signal: early.signal });
      early.abort();
      await assert.rejects(first.result, { code: "ABORTED" });
      const later = new AbortController();
      const second = client.stream({ prompt, ...greedy }, { signal: later.signal });
      for await (const _ of second) break;
      const third = client.stream({ prompt, ...greedy }, { signal: later.signal });
      let chunks = 0;
      await assert.rejects(
        async () => {
          for await (const _ of third) if (++chunks === 3) later.abort();
        },
        { code: "ABORTED" },
      );
      assert.equal((await client.stream({ prompt, ...greedy, maxTokens: 2 }).result).usage.completionTokens, 2);
    });

    it("stops the request of a reader who leaves", async () => {
      for await (const _ of client.stream({ prompt, ...greedy })) break;
      for (let tries = 0; (await client.request({ type: "metrics" })).slots.busy > 0; tries++) {
        assert.ok(tries < 100);
        await turn();
      }
    });

    it("lets a slow reader's request wait, and no other", async () => {
      const slow = client.stream({ prompt, ...greedy, maxTokens: 400 }, { highWater: 4 });
      await slow.next();
      const quick = await client.stream({ prompt: [5, 6], ...greedy, maxTokens: 300 }).result;
      assert.equal(quick.usage.completionTokens, 300);
      await delay(20);
      const { tokens } = await client.request({ type: "metrics" });
      await delay(20);
      assert.equal((await client.request({ type: "metrics" })).tokens.completion, tokens.completion);
      assert.equal((await collect(slow)).length, 399);
    });

    it("becomes a web stream", async () => {
      const stream = client.stream({ prompt, ...greedy, maxTokens: 16 });
      let text = "";
      for await (const piece of stream.toReadableStream()) text += piece;
      assert.ok(text.length > 0);
    });

    it("saves and loads what it has computed", async () => {
      const tokens = Int32Array.from({ length: 100 }, (_, index) => 5 + index);
      const state = await client.request({ type: "save", tokens });
      await client.request({ type: "clear-cache" });
      assert.deepEqual(await client.request({ type: "load", state }), tokens);
      const { usage } = await client.stream({ prompt: [...tokens, 9], ...greedy, maxTokens: 1 }).result;
      assert.equal(usage.cachedTokens, 100);
      state.fill(1, 10, 12);
      await assert.rejects(client.request({ type: "load", state }), { code: "STATE_INVALID" });
    });

    it("calls logits processors that are given as modules", async () => {
      const code = `export const only = ({ token }) => (logits, tokens) => {
        for (let id = 0; id < logits.length; id++) if (id !== token + tokens.length) logits[id] = -Infinity;
      };`;
      const module = `data:text/javascript,${encodeURIComponent(code)}`;
      const logitsProcessors = [{ module, export: "only", options: { token: 20 } }];
      const stream = client.stream({ prompt, ...greedy, maxTokens: 3, logitsProcessors });
      assert.deepEqual(await collect(stream), [23, 24, 25]);
      const nameless = client.stream({ prompt, logitsProcessors: [{ module, export: "none" }] });
      await assert.rejects(nameless.result, { code: "ARGUMENT_INVALID", argument: "logitsProcessors.export" });
      const nowhere = client.stream({ prompt, logitsProcessors: [{ module: "/nowhere.js" }] });
      await assert.rejects(nowhere.result, { code: "ARGUMENT_INVALID", message: /\/nowhere\.js cannot be imported/ });
    });

    it("calls logits processors that are functions on its own thread only", async () => {
      const processor = (logits: Float32Array): void => void (logits[30] = 1000);
      const stream = client.stream({ prompt, ...greedy, maxTokens: 2, logitsProcessors: [processor] });
      if (kind === "inline") assert.deepEqual(await collect(stream), [30, 30]);
      else await assert.rejects(stream.result, { code: "ARGUMENT_INVALID", argument: "logitsProcessors" });
    });

    it("fails what is open when it is disposed, and what comes after", async () => {
      const own = await EngineClient.start(kind, { path });
      const open = own.stream({ prompt, ...greedy });
      await open.next();
      await own.dispose();
      await own.dispose();
      await assert.rejects(open.result, { code: "DISPOSED" });
      await assert.rejects(own.request({ type: "metrics" }), { code: "DISPOSED" });
    });

    it("says what is wrong with a model that cannot be loaded", async () => {
      await assert.rejects(EngineClient.start(kind, { path: "/nowhere.gguf" }), (error) => {
        assert.ok(MullamaError.isInstance(error));
        assert.equal(error.code, "MODEL_NOT_FOUND");
        return true;
      });
      const loading = EngineClient.start(kind, { path }, { signal: AbortSignal.abort() });
      await assert.rejects(loading, { code: "ABORTED" });
    });
  });
}
