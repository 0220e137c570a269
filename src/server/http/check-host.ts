import { isIP } from "node:net";
import type { MiddlewareHandler } from "hono";
import { HttpError } from "./http-error.js";

/**
 * Refuses requests to a host name that is not this server's. A web page can make its own name mean this machine (DNS
 * rebinding), and then speaks to the server as if it were of the same origin.
 *
 * @param allowed names beside those of this machine and all addresses; `*` allows every name
 */
export function checkHost(allowed: readonly string[]): MiddlewareHandler {
  const names = new Set(allowed.map((name) => name.toLowerCase()));
  return async function checkHostHeader(context, next) {
    if (names.has("*")) return next();
    // A request may name a host before its path, too: whoever is on the way may heed either.
    const { host: asked } = new URL(context.req.url);
    const hosts = [context.req.header("host") ?? asked, asked].map(hostNameOf);
    const host = hosts.find((name) => !isLocal(name) && !names.has(name));
    if (host === undefined) return next();
    throw new HttpError("FORBIDDEN", `This server is not called ${JSON.stringify(host)}.`, {
      hint: "Add the name to allowedHosts.",
    });
  };
}

function hostNameOf(header: string): string {
  const [, name = ""] = /^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(header.trim()) ?? [];
  return name.toLowerCase().replace(/\.$/, "");
}

/** Names that nobody can make mean something else, and addresses, which are no names. */
function isLocal(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || isIP(host.replace(/^\[|\]$/g, "")) !== 0;
}
