import { AsyncLocalStorage } from "node:async_hooks";
import type * as Api from "@opentelemetry/api";
import type { Attributes, Histogram, Meter, Span, Tracer } from "@opentelemetry/api";
import type { MiddlewareHandler } from "hono";
import { MullamaError } from "../../errors.js";
import type { GenerationEnd } from "../../engine/hosts/engine-client.js";
import type { GenerationFinish } from "../../engine/protocol.js";
import type { ServerEnv } from "../server-env.js";

/** What the answers of one request add up to. */
interface Request {
  readonly finishes: GenerationFinish[];
}

/** What a path does, in the words of OpenTelemetry's conventions for generative AI. */
const operations: readonly (readonly [path: RegExp, operation: string])[] = [
  [/\/chat(\/completions)?$|\/messages$|\/responses$/, "chat"],
  [/\/(completions?|infill|generate)$/, "text_completion"],
  [/\/(embed|embeddings?)$/, "embeddings"],
];

/** Tells OpenTelemetry of requests to models: a span for each, and its metrics. What was said is not told. */
export class Telemetry {
  readonly #api: typeof Api;
  readonly #tracer: Tracer;
  readonly #duration: Histogram;
  readonly #tokens: Histogram;
  readonly #firstToken: Histogram;
  readonly #outputToken: Histogram;
  readonly #requests = new AsyncLocalStorage<Request>();

  /** @throws {MullamaError} `UNSUPPORTED` where `@opentelemetry/api` is not installed */
  static async load(): Promise<Telemetry> {
    try {
      return new Telemetry(await import("@opentelemetry/api"));
    } catch (cause) {
      throw new MullamaError("UNSUPPORTED", "Telemetry needs the package @opentelemetry/api.", {
        cause,
        hint: "Install it, and set up an exporter with OpenTelemetry's SDK.",
      });
    }
  }

  private constructor(api: typeof Api) {
    this.#api = api;
    this.#tracer = api.trace.getTracer("mullama");
    const meter: Meter = api.metrics.getMeter("mullama");
    const seconds = (name: string, description: string): Histogram =>
      meter.createHistogram(name, { unit: "s", description });
    this.#duration = seconds("gen_ai.server.request.duration", "From a request to the end of its answer.");
    this.#firstToken = seconds("gen_ai.server.time_to_first_token", "From a request to its first token.");
    this.#outputToken = seconds("gen_ai.server.time_per_output_token", "The mean time between an answer's tokens.");
    this.#tokens = meter.createHistogram("gen_ai.client.token.usage", { unit: "{token}", description: "Tokens." });
  }

  /** Hears of a generation of the request that runs now; what it returns hears of its end. */
  observe(): (end: GenerationEnd) => void {
    const request = this.#requests.getStore();
    return (end) => {
      if ("finish" in end) request?.finishes.push(end.finish);
    };
  }

  /** A span around each request that wants something of a model. */
  middleware(): MiddlewareHandler<ServerEnv> {
    return async (context, next) => {
      const { method, path } = context.req;
      const [, operation] = operations.find(([pattern]) => pattern.test(path)) ?? [];
      if (method !== "POST" || operation === undefined) return next();
      const begun = performance.now();
      const request: Request = { finishes: [] };
      const { context: contexts, propagation, SpanKind } = this.#api;
      const parent = propagation.extract(contexts.active(), Object.fromEntries(context.req.raw.headers));
      const span = this.#tracer.startSpan(operation, { kind: SpanKind.SERVER }, parent);
      const { hostname, port } = new URL(context.req.url);
      const common = { "gen_ai.operation.name": operation, "gen_ai.provider.name": "mullama" };
      span.setAttributes({
        ...common,
        "server.address": hostname,
        ...(port === "" ? {} : { "server.port": Number(port) }),
      });
      context.get("ended").push(() => {
        const model = context.get("model");
        if (model !== undefined) span.updateName(`${operation} ${model}`);
        const attributes = { ...common, ...(model === undefined ? {} : { "gen_ai.request.model": model }) };
        this.#end(span, attributes, context.res.status, request, (performance.now() - begun) / 1000);
      });
      await this.#requests.run(request, next);
    };
  }

  #end(span: Span, attributes: Attributes, status: number, { finishes }: Request, seconds: number): void {
    const sum = (count: (finish: GenerationFinish) => number): number =>
      finishes.reduce((total, finish) => total + count(finish), 0);
    const input = sum(({ usage }) => usage.promptTokens);
    const output = sum(({ usage }) => usage.completionTokens);
    span.setAttributes({ ...attributes, "http.response.status_code": status });
    if (finishes.length > 0) {
      span.setAttributes({
        "gen_ai.usage.input_tokens": input,
        "gen_ai.usage.output_tokens": output,
        "gen_ai.response.finish_reasons": finishes.map(({ reason }) => reason),
      });
      this.#tokens.record(input, { ...attributes, "gen_ai.token.type": "input" });
      this.#tokens.record(output, { ...attributes, "gen_ai.token.type": "output" });
    }
    if (status >= 500) span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    if (status >= 400) span.setAttribute("error.type", String(status));
    for (const { usage, timings } of finishes) {
      if (timings.firstToken !== undefined) this.#firstToken.record(timings.firstToken / 1000, attributes);
      const gaps = usage.completionTokens - 1;
      if (gaps > 0) this.#outputToken.record(timings.completion / 1000 / gaps, attributes);
    }
    this.#duration.record(seconds, attributes);
    span.end();
  }
}
