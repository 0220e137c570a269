import { Hono } from "hono";
import type { Dialect } from "../dialect.js";
import type { ServerEnv } from "../server-env.js";
import { countTokens } from "./count-tokens.js";
import { failureBody } from "./failure-body.js";
import { messages } from "./messages.js";

/** Anthropic's API: https://platform.claude.com/docs/en/api. */
export const anthropic: Dialect = {
  name: "anthropic",
  paths: ["/v1/messages"],
  routes: (services) =>
    new Hono<ServerEnv>()
      .post("/v1/messages", (context) => messages(context, services))
      .post("/v1/messages/count_tokens", (context) => countTokens(context, services)),
  failureBody,
};
