import { totalmem } from "node:os";
import type { EngineMetrics } from "../../engine/metrics.js";
import type { Services } from "../services.js";

/** What the page draws. Counts are since each model was loaded. */
export interface PageMetrics {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly startedAt: number;
  /** Bytes: of the server's own process, what models were granted, and what the machine has. */
  readonly memory: { readonly server: number; readonly models: number; readonly total: number };
  readonly models: readonly {
    readonly id: string;
    readonly loadedAt: number;
    readonly bytes: number;
    readonly metrics: EngineMetrics;
  }[];
}

/** What the server and its models are doing now. */
export async function metricsOf({ pool, startedAt }: Services): Promise<PageMetrics> {
  const pooled = pool.list();
  const models = await Promise.all(
    pooled.map(async ({ id, model, memory, loadedAt }) => {
      // One that is being unloaded at this moment has nothing more to tell.
      const metrics = await model?.metrics().catch(() => undefined);
      if (metrics === undefined || loadedAt === undefined) return [];
      return [{ id, loadedAt: loadedAt.getTime(), bytes: memory.host + memory.gpu, metrics }];
    }),
  );
  return {
    time: Date.now(),
    startedAt: startedAt.getTime(),
    memory: {
      server: process.memoryUsage.rss(),
      models: pooled.reduce((sum, { memory }) => sum + memory.host + memory.gpu, 0),
      total: totalmem(),
    },
    models: models.flat(),
  };
}
