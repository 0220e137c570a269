import type { Scope } from "./api-key.js";

interface RouteScope {
  readonly methods: readonly string[];
  readonly path: RegExp;
  readonly scope: Scope | "public";
}

const read = ["GET", "HEAD"];

/** What each route wants, the first that fits. What is not here is inference: a route that was forgotten is not open. */
const routes: readonly RouteScope[] = [
  { methods: ["OPTIONS"], path: /./, scope: "public" },
  { methods: read, path: /^\/(health|v1\/health)?$/, scope: "public" },
  /** What the web page shows. */
  { methods: read, path: /^\/ui\/state$/, scope: "inference" },
  { methods: read, path: /^\/ui\/metrics$/, scope: "admin" },
  /** The page itself, which asks for a key. */
  { methods: read, path: /^\/(ui|favicon\.ico)(\/|$)/, scope: "public" },
  { methods: read, path: /^\/api\/version$/, scope: "public" },
  /** What the server can do is the same everywhere; it tells neither of models nor of keys. */
  { methods: read, path: /^\/(openapi\.json|docs)$/, scope: "public" },
  { methods: read, path: /^\/models\/(events|sse)$/, scope: "models" },
  /** Whoever may generate may see what with. */
  { methods: read, path: /^\/props$/, scope: "inference" },
  { methods: read, path: /^\/(v1\/)?models(\/[^/]+)?$/, scope: "inference" },
  { methods: read, path: /^\/api\/(tags|ps)$/, scope: "inference" },
  { methods: ["POST"], path: /^\/api\/show$/, scope: "inference" },
  /** Loading and unloading, fetching and removing. */
  { methods: ["POST", "DELETE", "PUT"], path: /^\/(v1\/)?models(\/|$)/, scope: "models" },
  {
    methods: ["GET", "POST", "DELETE", "PUT", "HEAD"],
    path: /^\/api\/(pull|create|copy|delete|blobs)(\/|$)/,
    scope: "models",
  },
  /** What goes elsewhere, with what its owner is known by there. */
  { methods: ["POST"], path: /^\/api\/push(\/|$)/, scope: "admin" },
  /** What others' requests can be seen in. */
  {
    methods: ["GET", "HEAD", "POST"],
    path: /^\/(metrics|slots|props|lora-adapters|requests|traces)(\/|$)/,
    scope: "admin",
  },
];

/** What a request wants of its key. */
export function scopeOf(method: string, path: string): Scope | "public" {
  return routes.find((route) => route.methods.includes(method) && route.path.test(path))?.scope ?? "inference";
}
