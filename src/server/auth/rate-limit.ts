import type { MiddlewareHandler } from "hono";
import { HttpError } from "../http/http-error.js";
import type { ServerEnv } from "../server-env.js";
import type { ApiKey } from "./api-key.js";

/** What a key has used of what it may. */
interface Use {
  /** Requests that it may make now; they come back with time. */
  tokens: number;
  filledAt: number;
  running: number;
}

/** Keeps each key to its requests a minute, and at the same time. */
export function rateLimit(now: () => number = () => performance.now()): MiddlewareHandler<ServerEnv> {
  const uses = new Map<ApiKey, Use>();
  return async function limitRate(context, next) {
    const key = context.get("key");
    if (key === undefined) return next();
    const use = uses.get(key) ?? { tokens: key.requestsPerMinute ?? 0, filledAt: now(), running: 0 };
    uses.set(key, use);
    spend(key, use, now());
    use.running++;
    context.get("ended").push(() => use.running--);
    return next();
  };
}

function spend(key: ApiKey, use: Use, time: number): void {
  const { requestsPerMinute, concurrency } = key;
  if (concurrency !== undefined && use.running >= concurrency)
    throw limited(`The API key ${key.name} may have ${concurrency} requests at the same time.`, 1);
  if (requestsPerMinute === undefined) return;
  const rate = requestsPerMinute / 60_000;
  use.tokens = Math.min(requestsPerMinute, use.tokens + (time - use.filledAt) * rate);
  use.filledAt = time;
  if (use.tokens < 1) {
    const seconds = Math.ceil((1 - use.tokens) / rate / 1000);
    throw limited(`The API key ${key.name} may make ${requestsPerMinute} requests a minute.`, seconds);
  }
  use.tokens--;
}

function limited(message: string, seconds: number): HttpError {
  return new HttpError("RATE_LIMITED", message, { headers: { "Retry-After": String(seconds) } });
}
