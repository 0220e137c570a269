import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { HttpError } from "./http-error.js";

/**
 * Lets only this server's own web pages and those of the given origins speak to it. A request of another page is refused
 * before it does anything: that its answer cannot be read would not undo what it did.
 *
 * @param allowed origins such as `https://chat.example`; `*` allows every page
 */
export function checkOrigin(allowed: readonly string[]): MiddlewareHandler {
  const open = allowed.includes("*");
  const answer = cors({
    origin: open ? "*" : [...allowed],
    exposeHeaders: ["X-Request-Id"],
    maxAge: 600,
  });
  return async function checkOriginHeader(context, next) {
    const origin = context.req.header("origin");
    if (origin === undefined || isOwn(origin, context.req.header("host") ?? new URL(context.req.url).host))
      return next();
    if (!open && !allowed.includes(origin)) {
      throw new HttpError("FORBIDDEN", `Pages of ${origin} may not use this server.`, {
        hint: "Add the origin to corsOrigins.",
      });
    }
    return answer(context, next);
  };
}

/** Whether a page was served by this server; the scheme may have been changed by a proxy. */
function isOwn(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}
