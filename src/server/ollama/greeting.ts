import type { Handler } from "hono";
import type { ServerEnv } from "../server-env.js";

/** What Ollama says at `/`, where its clients look whether it is there. A browser is for others to answer. */
export const greeting: Handler<ServerEnv> = async (context, next) => {
  if (context.req.header("accept")?.includes("text/html") === true) return next();
  return context.text("Ollama is running");
};
