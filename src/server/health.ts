import { Hono } from "hono";
import type { ServerEnv } from "./server-env.js";
import type { Services } from "./services.js";

/** Whether the server is there; for load balancers, and for programs that wait for it to start. */
export function healthRoutes({ startedAt }: Services): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();
  for (const path of ["/health", "/v1/health"]) {
    routes.get(path, (context) =>
      context.json({ status: "ok", uptime: Math.floor((Date.now() - startedAt.getTime()) / 1000) }),
    );
  }
  return routes;
}
