import type { Context } from "hono";
import type { EngineMetrics } from "../../engine/metrics.js";
import { settledWithin } from "../http/settled-within.js";
import { modelName } from "../model-name.js";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";
import { Exposition } from "./exposition.js";
import { writeLlamaServer } from "./llama-server-metrics.js";
import { writeOwn } from "./own-metrics.js";

/** A process that computes answers late; one that hangs is left out. */
const PATIENCE_MS = 2000;

/** `GET /metrics`, for Prometheus: of all models, or of the query's `model`. */
export async function metricsRoute(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const named = context.req.query("model");
  const only = named === undefined ? undefined : (await services.directory.find(await modelName(services, named))).id;
  const engines = await engineMetrics(services, only);
  const page = new Exposition();
  writeLlamaServer(page, services, engines, only);
  writeOwn(page, services, engines, only);
  return context.body(page.toString(), 200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" });
}

/** What the engines of the models that are loaded say of themselves. */
async function engineMetrics({ pool }: Services, only: string | undefined): Promise<Map<string, EngineMetrics>> {
  const found = new Map<string, EngineMetrics>();
  const asked = pool.list().filter(({ id }) => only === undefined || id === only);
  await Promise.all(
    asked.map(async ({ id, model }) => {
      if (model === undefined) return;
      const metrics = await settledWithin(model.metrics(), PATIENCE_MS).catch(() => undefined);
      if (metrics !== undefined) found.set(id, metrics);
    }),
  );
  return found;
}
