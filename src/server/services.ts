import { definedOf } from "../engine/defined-of.js";
import type { GenerationEnd } from "../engine/hosts/engine-client.js";
import { load, type LoadedModel } from "../mullama.js";
import { type ApiKey, apiKeySchema } from "./auth/api-key.js";
import { TokenMeters } from "./auth/token-meter.js";
import { ModelDirectory } from "./directory/model-directory.js";
import { parseKeepAlive } from "./directory/keep-alive.js";
import { readPresets } from "./directory/preset.js";
import { Activity } from "./http/activity.js";
import { ARRIVAL_MS, type BodyLimits } from "./http/read-body.js";
import { validate } from "./http/validate.js";
import { requestLimitsSchema } from "./limits/request-limits.js";
import { LiveChats } from "./live-chats.js";
import { ServerMetrics } from "./metrics/server-metrics.js";
import type { Telemetry } from "./metrics/telemetry.js";
import { estimateNeed, freeRoom } from "./pool/memory.js";
import { ModelPool } from "./pool/model-pool.js";
import type { ServerOptions } from "./server-options.js";

/** What the dialects have in common to answer with. */
export interface Services {
  /** The models that are loaded, and the way to load others. */
  readonly pool: ModelPool<LoadedModel>;
  /** The models that there are. */
  readonly directory: ModelDirectory;
  readonly metrics: ServerMetrics;
  /** Where OpenTelemetry is told. */
  readonly telemetry: Telemetry | undefined;
  /** Answers of chats that can still be changed. */
  readonly liveChats: LiveChats;
  readonly keys: readonly ApiKey[];
  /** What each request takes of the tokens of its key. */
  readonly meters: TokenMeters;
  readonly limits: BodyLimits;
  /** Milliseconds in which a generation must have ended: the engine's `deadline`. */
  readonly deadline: number | undefined;
  /** For `sseResponse`. */
  readonly heartbeatMs: number | undefined;
  /** When the server was made. */
  readonly startedAt: Date;
  /** Milliseconds that a model stays after its last use, where nothing else is said of it. */
  readonly keepAliveMs: number;
  readonly options: ServerOptions;
  /** Whether anybody is being answered. */
  readonly activity: Activity;
}

/** @throws {MullamaError} `ARGUMENT_INVALID` naming the option */
export function createServices(options: ServerOptions, telemetry?: Telemetry): Services {
  const limits = validate(requestLimitsSchema, options.limits ?? {});
  const { host = "child", keepAlive = "5m", maxModels, memoryLimit, heartbeat = 15_000, requestTimeout } = options;
  const keepAliveMs = parseKeepAlive(keepAlive, "keepAlive");
  const directory = new ModelDirectory({
    presets: readPresets({ models: options.models ?? {} }).models,
    load: options.load ?? {},
    limits,
    store: options.store ?? true,
    downloads: options.downloads ?? false,
  });
  const metrics = new ServerMetrics();
  const meters = new TokenMeters();
  const observe = (id: string): ((end: GenerationEnd) => void) => {
    const [tell, meter] = [telemetry?.observe(), meters.current];
    return (end) => {
      if ("finish" in end) metrics.generated(id, end.finish);
      tell?.(end);
      meter?.ended(end);
    };
  };
  const pool = new ModelPool<LoadedModel>({
    find: (name) => directory.find(name),
    load: ({ id, source, options: how }, call) => load(source, { ...how, ...call, host, observe: () => observe(id) }),
    estimate: estimateNeed,
    room: (granted) => freeRoom(granted, memoryLimit),
    keepAlive: keepAliveMs,
    ...definedOf({ maxModels, patience: options.roomTimeout }),
  });
  pool.subscribe((event) => metrics.happened(event));
  return {
    pool,
    directory,
    metrics,
    telemetry,
    liveChats: new LiveChats(),
    meters,
    keys: (options.keys ?? []).map((key) => validate(apiKeySchema, key)),
    limits: {
      bytes: options.maxBodyBytes ?? 32 * 2 ** 20,
      depth: options.maxJsonDepth ?? 64,
      arrival: options.arrivalTimeout ?? ARRIVAL_MS,
      get request() {
        return directory.limits;
      },
    },
    deadline: requestTimeout,
    heartbeatMs: heartbeat === 0 ? undefined : heartbeat,
    startedAt: new Date(),
    keepAliveMs,
    options,
    activity: new Activity(),
  };
}
