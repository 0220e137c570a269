import { Hono } from "hono";
import type { Dialect } from "../dialect.js";
import { metricsRoute } from "../metrics/metrics-route.js";
import { chatCompletions } from "../openai/chat/chat-completions.js";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";
import { applyTemplate } from "./apply-template.js";
import { chatControl } from "./chat-control.js";
import { completion } from "./completion/completion.js";
import { embedding } from "./embedding.js";
import { failureBody } from "./failure-body.js";
import { infill } from "./infill.js";
import { loraList, setLora } from "./lora-adapters.js";
import { loadModel, unloadModel } from "./models/load-model.js";
import { modelEvents } from "./models/model-events.js";
import { modelList } from "./models/model-list.js";
import { changeProps, props } from "./props.js";
import { rerank } from "./rerank.js";
import { slotAction } from "./slots/slot-action.js";
import { slotList } from "./slots/slot-list.js";
import { detokenize, tokenize } from "./tokenize.js";

const inference = {
  "/completion": completion,
  "/completions": completion,
  "/infill": infill,
  "/tokenize": tokenize,
  "/detokenize": detokenize,
  "/apply-template": applyTemplate,
  "/embedding": embedding,
  "/embeddings": embedding,
  "/rerank": rerank,
  "/reranking": rerank,
  "/v1/rerank": rerank,
  "/v1/reranking": rerank,
  "/chat/completions": chatCompletions,
  "/v1/chat/completions/control": chatControl,
} as const;

/** The API of llama.cpp's own server, and that of its router. */
export const llamaServer: Dialect = {
  name: "llama-server",
  paths: [...Object.keys(inference), "/props", "/slots", "/lora-adapters", "/models", "/metrics"],
  routes,
  failureBody,
};

function routes(services: Services): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  for (const [path, handle] of Object.entries(inference)) app.post(path, (context) => handle(context, services));
  return app
    .get("/props", (context) => props(context, services))
    .post("/props", changeProps)
    .get("/slots", (context) => slotList(context, services))
    .post("/slots/:id", (context) => slotAction(context, services))
    .get("/lora-adapters", (context) => loraList(context, services))
    .post("/lora-adapters", (context) => setLora(context, services))
    .get("/metrics", (context) => metricsRoute(context, services))
    .get("/models", (context) => modelList(context, services))
    .get("/models/sse", (context) => modelEvents(context, services))
    .post("/models/load", (context) => loadModel(context, services))
    .post("/models/unload", (context) => unloadModel(context, services));
}
