import type { MiddlewareHandler } from "hono";
import { HttpError } from "../http/http-error.js";
import type { ServerEnv } from "../server-env.js";
import { type ApiKey, findKey } from "./api-key.js";
import { scopeOf } from "./route-scope.js";

/** Lets requests through that show a key which allows what they want; all of them where there are no keys. */
export function authenticate(keys: readonly ApiKey[]): MiddlewareHandler<ServerEnv> {
  return async function authenticateRequest(context, next) {
    const scope = scopeOf(context.req.method, context.req.path);
    if (keys.length === 0 || scope === "public") return next();
    const given = keyOf(context.req.raw.headers);
    const key = given === undefined ? undefined : findKey(keys, given);
    if (key === undefined) {
      const problem = given === undefined ? "This server wants an API key." : "This API key is not known.";
      throw new HttpError("UNAUTHENTICATED", problem, {
        hint: "Send it as Authorization: Bearer KEY, or as X-API-Key.",
        headers: { "WWW-Authenticate": "Bearer" },
      });
    }
    if (!key.scopes.includes(scope) && !key.scopes.includes("admin"))
      throw new HttpError("FORBIDDEN", `This API key has no right to ${scope}.`);
    context.set("key", key);
    return next();
  };
}

/** The key that a request shows, where the clients of each dialect put it. */
function keyOf(headers: Headers): string | undefined {
  const [, bearer] = /^Bearer\s+(\S+)$/i.exec(headers.get("authorization") ?? "") ?? [];
  return bearer ?? headers.get("x-api-key") ?? headers.get("api-key") ?? undefined;
}
