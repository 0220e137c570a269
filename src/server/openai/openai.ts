import { Hono } from "hono";
import type { Dialect } from "../dialect.js";
import { chatCompletions } from "./chat/chat-completions.js";
import { completions } from "./completions/completions.js";
import { embeddings } from "./embeddings.js";
import type { ServerEnv } from "../server-env.js";
import { failureBody } from "./failure-body.js";
import { modelRoutes } from "./models.js";
import { inputTokens, responses } from "./responses/responses.js";

/** OpenAI's API: https://platform.openai.com/docs/api-reference. */
export const openai: Dialect = {
  name: "openai",
  paths: ["/v1"],
  routes: (services) =>
    new Hono<ServerEnv>()
      .route("/", modelRoutes(services))
      .post("/v1/chat/completions", (context) => chatCompletions(context, services))
      .post("/v1/completions", (context) => completions(context, services))
      .post("/v1/responses", (context) => responses(context, services))
      .post("/v1/responses/input_tokens", (context) => inputTokens(context, services))
      .post("/v1/embeddings", (context) => embeddings(context, services)),
  failureBody,
};
