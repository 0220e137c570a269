import type { Context } from "hono";
import { departureOf } from "../../http/departure.js";
import { sseResponse, type SseEvent } from "../../http/sse.js";
import type { PoolEvent } from "../../pool/pool-options.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { failureEvent } from "../failure-body.js";
import { progressOf, statusOf } from "./model-status.js";

/** Most events that wait for a reader; of a slow one the oldest are lost. */
const MOST_WAITING = 1024;

/** `GET /models/sse`: what is loaded now, and then what happens to it. */
export async function modelEvents(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const departure = departureOf(context);
  const events = follow(services, departure.signal);
  return sseResponse(events, { departure, heartbeatMs: services.heartbeatMs, failure: failureEvent });
}

async function* follow({ pool }: Services, signal: AbortSignal): AsyncGenerator<SseEvent, void> {
  const waiting: object[] = [];
  let wake = (): void => undefined;
  const leave = pool.subscribe((event) => {
    waiting.push(eventOf(event));
    if (waiting.length > MOST_WAITING) waiting.shift();
    wake();
  });
  const stop = (): void => wake();
  signal.addEventListener("abort", stop, { once: true });
  try {
    // So that there is an answer at once, whatever happens next: clients read the list now.
    yield written({ model: "*", event: "models_reload" });
    for (const info of pool.list()) yield written(status(info.id, statusOf(info)));
    while (!signal.aborted) {
      const next = waiting.shift();
      if (next !== undefined) yield written(next);
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    leave();
    signal.removeEventListener("abort", stop);
  }
}

function written(event: object): SseEvent {
  return { data: JSON.stringify(event) };
}

function eventOf(event: PoolEvent): object {
  switch (event.type) {
    case "loading": {
      const { value, progress } = progressOf(event.progress);
      if (value === "downloading") return { model: event.id, event: "download_progress", data: progress };
      return status(event.id, { value, progress });
    }
    case "loaded":
      return status(event.id, { value: "loaded" });
    case "load-failed":
      return status(event.id, { value: "unloaded", failed: true });
    case "crashed":
      return status(event.id, { value: "unloaded", failed: true, reason: "crashed" });
    case "unloaded":
      return status(event.id, { value: "unloaded", reason: event.reason });
  }
}

function status(model: string, { value, ...rest }: Readonly<Record<string, unknown>>): object {
  return { model, event: "model_status", data: { status: value, ...rest } };
}
