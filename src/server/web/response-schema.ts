/** What the page asks the server, beside OpenAI's API. */
import { z } from "zod";

const count = z.int().min(0);
const amount = z.number().min(0);

const modelSchema = z.strictObject({
  id: z.string(),
  state: z.enum(["unloaded", "loading", "ready"]),
  progress: z
    .strictObject({ phase: z.string(), share: z.number().nullable() })
    .nullable()
    .describe("What it is being loaded by, and how far that has come: 0 to 1, where it is known."),
  loaded: z
    .strictObject({
      description: z.string(),
      contextSize: count,
      generates: z.boolean().describe("Whether it can be talked to; embedding models cannot."),
      bytes: count,
      requests: count,
      expiresAt: z.number().nullable().describe("When it will be unloaded, in milliseconds since 1970."),
    })
    .nullable()
    .describe("What is known of a model that is loaded."),
});

export const pageStateSchema = z.strictObject({ models: z.array(modelSchema) });

const metricsSchema = z.strictObject({
  requests: z.strictObject({ running: count, waiting: count, finished: count }),
  slots: z.strictObject({ total: count, busy: count }),
  cache: z.strictObject({ tokens: count, capacity: count, sequences: count, hostBytes: count, diskBytes: count }),
  tokens: z.strictObject({ prompt: count, cached: count, completion: count, draft: count, acceptedDraft: count }),
  steps: z.strictObject({ count, meanTokens: amount, batchSize: count }),
});

export const pageMetricsSchema = z.strictObject({
  time: count.describe("Milliseconds since 1970."),
  startedAt: count,
  memory: z
    .strictObject({ server: count, models: count, total: count })
    .describe("Bytes: of the server's own process, what models were granted, and what the machine has."),
  models: z.array(z.strictObject({ id: z.string(), loadedAt: count, bytes: count, metrics: metricsSchema })),
});

export const healthSchema = z.strictObject({ status: z.literal("ok"), uptime: count.describe("Seconds.") });
