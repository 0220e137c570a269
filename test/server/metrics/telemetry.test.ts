// What OpenTelemetry's own SDK is told, by way of its interface.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type Attributes, metrics, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { ask } from "../../support/ask-server.js";
import { post, tinyServer } from "../../support/tiny-server.js";

interface Point {
  readonly attributes: Attributes;
  readonly count: number;
  readonly sum: number;
}

describe("telemetry", () => {
  const spans = new InMemorySpanExporter();
  const measures = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: measures, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });

  before(() => {
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }));
    metrics.setGlobalMeterProvider(meters);
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  });
  beforeEach(() => spans.reset());
  after(async () => {
    await meters.shutdown();
    for (const api of [trace, metrics, propagation]) api.disable();
  });

  /** What a histogram has so far, with the unit that it was made with. */
  async function histogram(name: string): Promise<{ readonly unit: string | undefined; readonly points: Point[] }> {
    measures.reset();
    await meters.forceFlush();
    const all = measures.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    const found = all.find(({ descriptor }) => descriptor.name === name);
    const points = (found?.dataPoints ?? []).map(({ attributes, value }) => {
      const { count, sum = Number.NaN } = value as { count: number; sum?: number };
      return { attributes, count, sum };
    });
    return { unit: found?.descriptor.unit, points };
  }

  it("tells of each request, in the words of the conventions, and of nothing that was said", async () => {
    await using server = await tinyServer({ telemetry: true });
    const messages = [{ role: "user", content: "a secret" }];
    await ask(server, "/v1/chat/completions", { model: "tiny", messages, max_tokens: 4, n: 2, ignore_eos: true });
    const body = { model: "tiny", prompt: "hi", max_tokens: 3, ignore_eos: true };
    await (await post(server, "/v1/completions", { ...body, stream: true })).text();
    await ask(server, "/v1/completions", { ...body, model: "nobody" }, 404);
    await server.fetch(new Request("http://localhost/v1/models"));
    const told = spans.getFinishedSpans();
    assert.deepEqual(
      told.map(({ name, kind }) => [name, kind]),
      [
        ["chat tiny", SpanKind.SERVER],
        ["text_completion tiny", SpanKind.SERVER],
        ["text_completion nobody", SpanKind.SERVER],
      ],
    );
    const [chat, completion, missing] = told.map(({ attributes }) => attributes);
    assert.equal(chat?.["gen_ai.usage.output_tokens"], 8);
    assert.deepEqual(chat["gen_ai.response.finish_reasons"], ["length", "length"]);
    assert.equal(chat["server.address"], "localhost");
    assert.equal(completion?.["gen_ai.usage.output_tokens"], 3);
    assert.equal(missing?.["error.type"], "404");
    // That the client was wrong is no fault of the server's.
    assert.ok(told.every(({ status }) => status.code === SpanStatusCode.UNSET));
    assert.doesNotMatch(
      JSON.stringify(told.map(({ name, attributes, events }) => [name, attributes, events])),
      /secret/,
    );

    const firstTokens = await histogram("gen_ai.server.time_to_first_token");
    assert.equal(firstTokens.unit, "s");
    const count = (points: readonly Point[]): number => points.reduce((sum, point) => sum + point.count, 0);
    assert.equal(count(firstTokens.points), 3);
    assert.equal(count((await histogram("gen_ai.server.request.duration")).points), 3);
    const { points } = await histogram("gen_ai.client.token.usage");
    const written = points.filter(({ attributes }) => attributes["gen_ai.token.type"] === "output");
    assert.deepEqual(
      written.map(({ attributes, sum }) => [attributes["gen_ai.operation.name"], sum]),
      [
        ["chat", 8],
        ["text_completion", 3],
      ],
    );
  });

  it("continues the trace that a client names", async () => {
    await using server = await tinyServer({ telemetry: true });
    const [traceId, spanId] = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"];
    const request = new Request("http://localhost/v1/completions", {
      method: "POST",
      headers: { "content-type": "application/json", traceparent: `00-${traceId}-${spanId}-01` },
      body: JSON.stringify({ model: "tiny", prompt: "hi", max_tokens: 1 }),
    });
    await (await server.fetch(request)).text();
    const [span] = spans.getFinishedSpans();
    assert.equal(span?.spanContext().traceId, traceId);
    assert.equal(span.parentSpanContext?.spanId, spanId);
  });

  it("is silent unless it is wanted", async () => {
    await using server = await tinyServer();
    await ask(server, "/v1/completions", { model: "tiny", prompt: "hi", max_tokens: 1 });
    assert.deepEqual(spans.getFinishedSpans(), []);
  });
});
