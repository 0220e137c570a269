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
    await next();
    for (const [name, value] of Object.entries(headersOf(key, use, now()))) context.res.headers.set(name, value);
  };
}

function spend(key: ApiKey, use: Use, time: number): void {
  const { requestsPerMinute, concurrency } = key;
  fill(key, use, time);
  const limited = (message: string, seconds: number): HttpError =>
    new HttpError("RATE_LIMITED", message, {
      headers: { "Retry-After": String(seconds), ...headersOf(key, use, time) },
    });
  if (concurrency !== undefined && use.running >= concurrency)
    throw limited(`The API key ${key.name} may have ${concurrency} requests at the same time.`, 1);
  if (requestsPerMinute === undefined) return;
  if (use.tokens < 1) {
    const seconds = Math.ceil(((1 - use.tokens) * 60) / requestsPerMinute);
    throw limited(`The API key ${key.name} may make ${requestsPerMinute} requests a minute.`, seconds);
  }
  use.tokens--;
}

/** Gives back what time has given back. */
function fill({ requestsPerMinute = 0 }: ApiKey, use: Use, time: number): void {
  use.tokens = Math.min(requestsPerMinute, use.tokens + ((time - use.filledAt) * requestsPerMinute) / 60_000);
  use.filledAt = time;
}

/** How many requests a key may still make, as OpenAI tells it; nothing where there is no limit. */
function headersOf(key: ApiKey, use: Use, time: number): Readonly<Record<string, string>> {
  const { requestsPerMinute } = key;
  if (requestsPerMinute === undefined) return {};
  fill(key, use, time);
  const ms = Math.ceil(((requestsPerMinute - use.tokens) * 60_000) / requestsPerMinute);
  return {
    "X-RateLimit-Limit-Requests": String(requestsPerMinute),
    "X-RateLimit-Remaining-Requests": String(Math.floor(use.tokens)),
    "X-RateLimit-Reset-Requests": ms < 1000 ? `${ms}ms` : `${(ms / 1000).toFixed(1)}s`,
  };
}
