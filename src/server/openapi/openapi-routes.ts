import { Hono } from "hono";
import type { ServerEnv } from "../server-env.js";

/** `/openapi.json`: all routes and their bodies, described for programs. It is made when someone first asks for it. */
export function openApiRoutes(): Hono<ServerEnv> {
  return new Hono<ServerEnv>().get("/openapi.json", async (context) => {
    const { documentText } = await import("./document-text.js");
    return context.body(documentText(), 200, { "Content-Type": "application/json", "Cache-Control": "no-cache" });
  });
}
