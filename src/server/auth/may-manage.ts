import type { Context } from "hono";
import type { ServerEnv } from "../server-env.js";

/** Whether a request may have models loaded, unloaded and fetched as it likes: with the scope `models`, or where there are no keys. */
export function mayManage(context: Context<ServerEnv>): boolean {
  const key = context.get("key");
  return key === undefined || key.scopes.includes("models") || key.scopes.includes("admin");
}
