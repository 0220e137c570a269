import type { Context, MiddlewareHandler } from "hono";
import { HttpError } from "../http/http-error.js";
import type { ServerEnv } from "../server-env.js";
import type { ApiKey } from "./api-key.js";
import { Bucket } from "./bucket.js";
import { scopeOf } from "./route-scope.js";
import { TokenMeter, type TokenMeters } from "./token-meter.js";

/** Bytes of JSON that make a token, about. */
const BYTES_PER_TOKEN = 4;

/** What a key has left of what it may. */
interface Use {
  readonly requests: Bucket | undefined;
  readonly tokens: Bucket | undefined;
  running: number;
}

/** Keeps each key to its requests and tokens a minute, and to its requests at the same time. */
export function rateLimit(
  meters: TokenMeters,
  now: () => number = () => performance.now(),
): MiddlewareHandler<ServerEnv> {
  const uses = new Map<ApiKey, Use>();
  return async function limitRate(context, next) {
    const key = context.get("key");
    if (key === undefined) return next();
    const use = uses.get(key) ?? useOf(key, now);
    uses.set(key, use);
    const estimate = Math.min(estimateOf(context), key.tokensPerMinute ?? Infinity);
    requireLeft(key, use, estimate);
    use.requests?.take(1);
    use.running++;
    context.get("ended").push(() => use.running--);
    if (use.tokens === undefined) await next();
    else {
      const meter = new TokenMeter(use.tokens, estimate);
      context.get("ended").push(() => meter.release());
      await meters.run(meter, next);
    }
    for (const [name, value] of Object.entries(headersOf(use))) context.res.headers.set(name, value);
  };
}

function useOf({ requestsPerMinute, tokensPerMinute }: ApiKey, now: () => number): Use {
  const bucket = (perMinute: number | undefined): Bucket | undefined =>
    perMinute === undefined ? undefined : new Bucket(perMinute, now);
  return { requests: bucket(requestsPerMinute), tokens: bucket(tokensPerMinute), running: 0 };
}

/** Tokens that a request's prompt will have, about: told before its body is read, from how long that is said to be. */
function estimateOf({ req }: Context<ServerEnv>): number {
  if (req.method !== "POST" || scopeOf(req.method, req.path) !== "inference") return 0;
  const bytes = Number(req.header("content-length") ?? 0);
  return Number.isFinite(bytes) ? Math.max(1, Math.ceil(bytes / BYTES_PER_TOKEN)) : 1;
}

/** @throws {HttpError} `RATE_LIMITED` */
function requireLeft({ name, ...key }: ApiKey, use: Use, estimate: number): void {
  const limited = (message: string, ms: number): HttpError =>
    new HttpError("RATE_LIMITED", `The API key ${name} may ${message}.`, {
      headers: { "Retry-After": String(Math.ceil(ms / 1000)), ...headersOf(use) },
    });
  if (key.concurrency !== undefined && use.running >= key.concurrency)
    throw limited(`have ${key.concurrency} requests at the same time`, 1000);
  const untilRequest = use.requests?.msUntil(1) ?? 0;
  if (untilRequest > 0) throw limited(`make ${key.requestsPerMinute} requests a minute`, untilRequest);
  const untilTokens = estimate === 0 ? 0 : (use.tokens?.msUntil(estimate) ?? 0);
  if (untilTokens > 0) throw limited(`use ${key.tokensPerMinute} tokens a minute`, untilTokens);
}

/** How a key stands, as OpenAI tells it; nothing where it has no limit. */
function headersOf({ requests, tokens }: Use): Readonly<Record<string, string>> {
  return { ...requests?.headers("Requests"), ...tokens?.headers("Tokens") };
}
