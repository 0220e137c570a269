import { type Context, Hono } from "hono";
import { HttpError } from "../http/http-error.js";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";
import { pageFiles } from "./page-files.js";
import { pageHeaders } from "./page-headers.js";
import { metricsOf } from "./page-metrics.js";
import { stateOf } from "./page-state.js";

/** Names that change with what is in the file. */
const hashed = /-[A-Z0-9]{8}\.\w+$/;

/** The web page: `/ui/` with its files, what it asks the server beside OpenAI's API, and `/docs`, which shows `/openapi.json`. */
export function webPage(services: Services): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();
  if (services.options.page === false) return routes;
  return (
    routes
      // Other clients ask for the root, too, to see whether a server is there.
      .get("/", (context, next) =>
        (context.req.header("accept") ?? "").includes("text/html") ? redirectTo("ui/") : next(),
      )
      .get("/ui", () => redirectTo("ui/"))
      .get("/ui/", (context) => sendFile(context, "index.html"))
      .get("/ui/state", async (context) => context.json(await stateOf(services), 200, noStore))
      .get("/ui/metrics", async (context) => context.json(await metricsOf(services), 200, noStore))
      .get("/docs", (context) => sendFile(context, "docs.html"))
      .get("/ui/:name", (context) => sendFile(context, context.req.param("name")))
  );
}

const noStore = { "Cache-Control": "no-store" };

/** Relative, so that it holds behind a proxy that serves this under a folder. */
function redirectTo(location: string): Response {
  return new Response(null, {
    status: 302,
    headers: { Location: location, "Cache-Control": "no-store", Vary: "Accept" },
  });
}

function sendFile(context: Context<ServerEnv>, name: string): Response {
  const file = pageFiles().get(name);
  if (file === undefined) throw new HttpError("NOT_FOUND", `The page has no file ${JSON.stringify(name)}.`);
  const headers = {
    ...pageHeaders,
    ETag: file.etag,
    Vary: "Accept-Encoding",
    "Cache-Control": hashed.test(name) ? "public, max-age=31536000, immutable" : "no-cache",
  };
  if (context.req.header("if-none-match") === file.etag) return new Response(null, { status: 304, headers });
  const gzip = (context.req.header("accept-encoding") ?? "").includes("gzip");
  return new Response(gzip ? file.gzipped : file.bytes, {
    headers: { ...headers, "Content-Type": file.type, ...(gzip ? { "Content-Encoding": "gzip" } : {}) },
  });
}
