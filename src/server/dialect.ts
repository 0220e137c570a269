import type { Hono, Schema } from "hono";
import type { Failure } from "./http/failure.js";
import type { ServerEnv } from "./server-env.js";
import type { Services } from "./services.js";

/** One of the APIs that the server speaks. */
export interface Dialect {
  readonly name: string;
  /** Paths whose failures are told in its way; of several dialects, the longest one that fits. */
  readonly paths: readonly string[];
  /** Its routes, with their whole paths. What a handler throws is told by `failureBody`. */
  routes(services: Services): Hono<ServerEnv, Schema>;
  /** The JSON that tells a client of a failure; also for an event in the middle of a stream. */
  failureBody(failure: Failure, requestId: string): unknown;
}

/** The dialect that a path is spoken to in. */
export function dialectOf<Spoken extends Pick<Dialect, "paths">>(
  dialects: readonly [Spoken, ...Spoken[]],
  path: string,
): Spoken {
  let [best] = dialects;
  let length = 0;
  for (const dialect of dialects) {
    for (const prefix of dialect.paths) {
      if (prefix.length <= length || !(path === prefix || path.startsWith(`${prefix}/`))) continue;
      [best, length] = [dialect, prefix.length];
    }
  }
  return best;
}
