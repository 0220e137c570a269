/** Puts the server together: what every request goes through, and who answers it. */
import { Hono } from "hono";
import { anthropic } from "./anthropic/anthropic.js";
import { modelRoutes } from "./anthropic/models.js";
import { speaksAnthropic } from "./anthropic/speaks-anthropic.js";
import { authenticate } from "./auth/authenticate.js";
import { rateLimit } from "./auth/rate-limit.js";
import { type Dialect, dialectOf } from "./dialect.js";
import { healthRoutes } from "./health.js";
import { checkHost } from "./http/check-host.js";
import { checkOrigin } from "./http/check-origin.js";
import { failureOf } from "./http/failure.js";
import { HttpError } from "./http/http-error.js";
import { trackRequests } from "./http/track-requests.js";
import { llamaServer } from "./llama-server/llama-server.js";
import { ollama } from "./ollama/ollama.js";
import { openai } from "./openai/openai.js";
import { openApiRoutes } from "./openapi/openapi-routes.js";
import type { ServerEnv } from "./server-env.js";
import type { Services } from "./services.js";
import { webPage } from "./web/web-page.js";

/** The first one answers where no other is meant. */
const dialects: readonly [Dialect, ...Dialect[]] = [openai, anthropic, ollama, llamaServer];

export function composeApp(services: Services): Hono<ServerEnv> {
  const { keys, options } = services;
  const app = new Hono<ServerEnv>();
  app.use(
    trackRequests((record) => {
      services.metrics.answered(record, (name) => idOf(services, name));
      options.onRequest?.(record);
    }, services.activity),
  );
  if (services.telemetry !== undefined) app.use(services.telemetry.middleware());
  app.use(checkHost(options.allowedHosts ?? (keys.length > 0 ? ["*"] : [])));
  app.use(checkOrigin(options.corsOrigins ?? []));
  app.use(authenticate(keys));
  app.use(rateLimit(services.meters));
  app.route("/", healthRoutes(services));
  app.route("/", openApiRoutes());
  app.route("/", webPage(services));
  app.route("/", modelRoutes(services));
  for (const dialect of dialects) app.route("/", dialect.routes(services));
  app.notFound((context) => {
    throw new HttpError("NOT_FOUND", `There is nothing at ${context.req.method} ${context.req.path}.`);
  });
  app.onError((error, context) => {
    context.get("failed")?.(error);
    const failure = failureOf(error);
    const requestId = context.get("requestId");
    // What this server does not do at all is nothing that went wrong.
    if (failure.status >= 500 && failure.code !== "UNSUPPORTED") options.onError?.(error, requestId);
    const dialect = speaksAnthropic(context) ? anthropic : dialectOf(dialects, context.req.path);
    const body = dialect.failureBody(failure, requestId);
    return Response.json(body, { status: failure.status, headers: failure.headers });
  });
  return app;
}

/** The model that a client means, where there is one: a preset, or one that was loaded. */
function idOf({ directory, metrics }: Services, name: string): string | undefined {
  const preset = directory.presets().find(({ id, aliases }) => id === name || aliases.includes(name));
  return preset?.id ?? (metrics.models.has(name) ? name : undefined);
}
