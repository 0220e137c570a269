// How many tokens a key may use in a minute, and what its holder is told of it.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import OpenAI, { RateLimitError } from "openai";
import { Bucket } from "../../src/server/auth/bucket.js";
import { TokenMeter } from "../../src/server/auth/token-meter.js";
import { createKey, type ListeningServer, serve } from "../../src/server/index.js";
import { MullamaError } from "../../src/errors.js";
import { tinyBert, tinyLlama } from "../support/tiny-models.js";
import { chatTemplate } from "../support/tiny-server.js";

const PER_MINUTE = 600;

describe("a bucket", () => {
  it("is emptied at once or bit by bit, and fills in a minute", () => {
    let time = 0;
    const bucket = new Bucket(60, () => time);
    bucket.take(45);
    assert.equal(bucket.level, 15);
    assert.equal(bucket.msUntil(20), 5000);
    time += 2500;
    assert.equal(bucket.level, 17.5);
    assert.deepEqual(bucket.headers("Tokens"), {
      "X-RateLimit-Limit-Tokens": "60",
      "X-RateLimit-Remaining-Tokens": "17",
      "X-RateLimit-Reset-Tokens": "42.5s",
    });
    bucket.take(77.5);
    assert.equal(bucket.headers("Tokens")["X-RateLimit-Remaining-Tokens"], "0");
    assert.equal(bucket.msUntil(1), 61_000);
    time += 600_000;
    assert.equal(bucket.level, 60);
    bucket.take(-5);
    assert.equal(bucket.level, 60, "it holds no more than that");
  });
});

describe("a meter", () => {
  const usage = { promptTokens: 10, completionTokens: 5, cachedTokens: 0, draftTokens: 0, acceptedDraftTokens: 0 };
  const speeds = { promptTokensPerSecond: 0, completionTokensPerSecond: 0, interTokenMedian: 0, interTokenP99: 0 };
  const timings = { queue: 0, prompt: 0, completion: 0, firstToken: 0, ...speeds };
  const finish = { reason: "stop" as const, usage, timings };
  const meterOf = (): { readonly bucket: Bucket; readonly meter: TokenMeter } => {
    const bucket = new Bucket(100, () => 0);
    return { bucket, meter: new TokenMeter(bucket, 20) };
  };

  it("sets aside what a prompt may need, and counts what was used in its place", () => {
    const { bucket, meter } = meterOf();
    assert.equal(bucket.level, 80);
    meter.ended({ finish });
    assert.equal(bucket.level, 85);
    const another = { ...usage, cachedTokens: 10 };
    meter.ended({ finish: { ...finish, usage: another } });
    assert.equal(bucket.level, 80, "the same prompt is counted once");
    meter.release();
    assert.equal(bucket.level, 80);
  });

  it("counts what its client has left, also when it hears of that later, and not what never began", () => {
    const left = meterOf();
    left.meter.release();
    left.meter.ended({ error: new MullamaError("ABORTED", "It was cancelled."), tokens: 7 });
    assert.equal(left.bucket.level, 73);
    const refused = meterOf();
    refused.meter.ended({ error: new MullamaError("QUEUE_FULL", "There is no place."), tokens: 0 });
    refused.meter.release();
    assert.equal(refused.bucket.level, 100);
  });
});

describe("a key with a limit of tokens", () => {
  const [one, other] = [createKey(), createKey()];
  let server: ListeningServer;
  before(async () => {
    server = await serve({
      port: 0,
      store: false,
      host: "inline",
      checkAnswers: true,
      keys: [one, other].map(({ sha256 }, index) => ({ name: `key${index}`, sha256, tokensPerMinute: PER_MINUTE })),
      models: {
        tiny: { model: tinyLlama().path, contextSize: 1024, parallel: 1, threads: 1, chatTemplate },
        bert: { model: tinyBert().path, threads: 1 },
      },
    });
  });
  after(() => server.close());

  const messages = [{ role: "user" as const, content: "hello" }];
  const clientOf = ({ key }: { readonly key: string }): OpenAI =>
    new OpenAI({ baseURL: `${server.url}/v1`, apiKey: key, maxRetries: 0 });
  const remaining = ({ headers }: Response): number => Number(headers.get("x-ratelimit-remaining-tokens"));

  it("is told how it stands, and refused when nothing is left, until it has come back", async () => {
    const client = clientOf(one);
    const ask = { model: "tiny", messages, max_tokens: 20, temperature: 0 };
    const begun = performance.now();
    const { data, response } = await client.chat.completions.create(ask).withResponse();
    const used = data.usage?.total_tokens ?? 0;
    assert.ok(used > 0);
    assert.equal(response.headers.get("x-ratelimit-limit-tokens"), String(PER_MINUTE));
    assert.match(response.headers.get("x-ratelimit-reset-tokens") ?? "", /^\d+(\.\d)?m?s$/);
    const back = ((performance.now() - begun) * PER_MINUTE) / 60_000;
    const left = remaining(response);
    assert.ok(left >= PER_MINUTE - used - 1 && left <= PER_MINUTE - used + back, `${left} left, ${used} used`);

    const bert = await client.embeddings.create({ model: "bert", input: "a b c" }).withResponse();
    assert.ok(bert.data.usage.total_tokens > 0 && remaining(bert.response) < left + back);

    const long = { ...ask, messages: [{ role: "user" as const, content: "hello ".repeat(300) }], max_tokens: 1 };
    await client.chat.completions.create(long);
    const refused: unknown = await client.chat.completions.create(long).catch((error: unknown) => error);
    assert.ok(refused instanceof RateLimitError, String(refused));
    assert.equal(refused.code, "rate_limit_exceeded");
    assert.match(refused.message, /The API key key0 may use 600 tokens a minute/);
    assert.ok(Number(refused.headers.get("retry-after")) > 1);
    // What takes no tokens goes on, as do others.
    assert.equal((await client.models.list()).data.length, 2);
    await clientOf(other).chat.completions.create(ask);
  });

  it("is told of a stream what is set aside, and pays for what it leaves", async () => {
    const fresh = createKey();
    const { path } = tinyLlama({ contextSize: 32768 });
    await using patient = await serve({
      port: 0,
      store: false,
      host: "worker",
      keys: [{ name: "fresh", sha256: fresh.sha256, tokensPerMinute: PER_MINUTE }],
      models: { tiny: { model: path, contextSize: 32768, parallel: 1, threads: 1, chatTemplate } },
    });
    const headers = { Authorization: `Bearer ${fresh.key}` };
    const body = JSON.stringify({ model: "tiny", prompt: "a", max_tokens: 30_000, ignore_eos: true, stream: true });
    const leave = new AbortController();
    const { signal } = leave;
    const begun = performance.now();
    const stream = await fetch(`${patient.url}/v1/completions`, { method: "POST", headers, body, signal });
    const backOf = (): number => ((performance.now() - begun) * PER_MINUTE) / 60_000;
    const aside = PER_MINUTE - Math.ceil(body.length / 4);
    assert.ok(remaining(stream) >= aside && remaining(stream) <= aside + backOf(), `${remaining(stream)} left`);
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let events = 0;
    while (events < 200) events += (await reader?.read())?.value?.split("\n\n").length ?? 0;
    leave.abort();
    for (let round = 0; ; round++) {
      const left = remaining(await fetch(`${patient.url}/v1/models`, { headers }));
      // Each event has a token or more; the last may have been counted in two reads.
      if (left < PER_MINUTE - events / 2 + backOf()) return;
      assert.ok(round < 200, `${left} left after ${events} events`);
      await delay(20);
    }
  });
});
