import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  type Attributes,
  createNoopMeter,
  type Histogram,
  type Meter,
  metrics,
  ProxyTracerProvider,
  type Span,
  trace,
} from "@opentelemetry/api";
import { ask } from "../../support/ask-server.js";
import { post, tinyServer } from "../../support/tiny-server.js";

/** What was told of a span. */
interface Told {
  name: string;
  ended: boolean;
  readonly attributes: Record<string, unknown>;
}

describe("telemetry", () => {
  const spans: Told[] = [];
  const recorded = new Map<string, { readonly value: number; readonly attributes: Attributes | undefined }[]>();

  function startSpan(name: string): Span {
    const told: Told = { name, ended: false, attributes: {} };
    spans.push(told);
    const still = new ProxyTracerProvider().getTracer("none").startSpan(name);
    return Object.assign(still, {
      updateName: (next: string) => ((told.name = next), still),
      setAttribute: (key: string, value: unknown) => ((told.attributes[key] = value), still),
      setAttributes: (all: Attributes) => (Object.assign(told.attributes, all), still),
      end: () => void (told.ended = true),
    });
  }

  function createHistogram(name: string): Histogram {
    return {
      record: (value, attributes) => void recorded.set(name, [...(recorded.get(name) ?? []), { value, attributes }]),
    };
  }

  before(() => {
    const tracer = Object.assign(new ProxyTracerProvider().getTracer("none"), { startSpan });
    trace.setGlobalTracerProvider({ getTracer: () => tracer });
    const meter: Meter = Object.assign(createNoopMeter(), { createHistogram });
    metrics.setGlobalMeterProvider({ getMeter: () => meter });
  });
  after(() => {
    trace.disable();
    metrics.disable();
  });

  it("tells of each request, in the words of the conventions, and of nothing that was said", async () => {
    await using server = await tinyServer({ telemetry: true });
    const messages = [{ role: "user", content: "a secret" }];
    await ask(server, "/v1/chat/completions", { model: "tiny", messages, max_tokens: 4, n: 2, ignore_eos: true });
    const body = { model: "tiny", prompt: "hi", max_tokens: 3, ignore_eos: true };
    await (await post(server, "/v1/completions", { ...body, stream: true })).text();
    await ask(server, "/v1/completions", { ...body, model: "nobody" }, 404);
    await server.fetch(new Request("http://localhost/v1/models"));
    assert.deepEqual(
      spans.map(({ name, ended }) => [name, ended]),
      [
        ["chat tiny", true],
        ["text_completion tiny", true],
        ["text_completion nobody", true],
      ],
    );
    const [chat, completion, missing] = spans.map(({ attributes }) => attributes);
    assert.equal(chat?.["gen_ai.usage.output_tokens"], 8);
    assert.deepEqual(chat["gen_ai.response.finish_reasons"], ["length", "length"]);
    assert.equal(chat["server.address"], "localhost");
    assert.equal(completion?.["gen_ai.usage.output_tokens"], 3);
    assert.equal(missing?.["error.type"], "404");
    assert.doesNotMatch(JSON.stringify(spans), /secret/);
    assert.equal(recorded.get("gen_ai.server.time_to_first_token")?.length, 3);
    assert.equal(recorded.get("gen_ai.server.request.duration")?.length, 3);
    const tokens = recorded.get("gen_ai.client.token.usage") ?? [];
    assert.deepEqual(
      tokens.filter(({ attributes }) => attributes?.["gen_ai.token.type"] === "output").map(({ value }) => value),
      [8, 3],
    );
  });

  it("is silent unless it is wanted", async () => {
    spans.length = 0;
    await using server = await tinyServer();
    await ask(server, "/v1/completions", { model: "tiny", prompt: "hi", max_tokens: 1 });
    assert.deepEqual(spans, []);
  });
});
