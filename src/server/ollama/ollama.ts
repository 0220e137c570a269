import { Hono } from "hono";
import type { Dialect } from "../dialect.js";
import type { ServerEnv } from "../server-env.js";
import { chat } from "./chat/chat.js";
import { embed, embedOne } from "./embed.js";
import { failureBody } from "./failure-body.js";
import { generate } from "./generate/generate.js";
import { greeting } from "./greeting.js";
import { listLoaded } from "./models/list-loaded.js";
import { listModels } from "./models/list-models.js";
import { showModel } from "./models/show-model.js";
import { hasBlob, keepBlob } from "./store/blobs.js";
import { copyModel } from "./store/copy-model.js";
import { createModel } from "./store/create-model.js";
import { deleteModel } from "./store/delete-model.js";
import { pullModel } from "./store/pull-model.js";
import { pushModel } from "./store/push-model.js";
import { apiVersion } from "./version.js";

/** Ollama's API: https://docs.ollama.com/api. */
export const ollama: Dialect = {
  name: "ollama",
  paths: ["/api"],
  routes: (services) =>
    new Hono<ServerEnv>()
      .get("/", greeting)
      .get("/api/version", (context) => context.json({ version: apiVersion }))
      .get("/api/tags", async (context) => context.json(await listModels(services)))
      .get("/api/ps", async (context) => context.json(await listLoaded(services)))
      .post("/api/show", (context) => showModel(context, services))
      .post("/api/embed", (context) => embed(context, services))
      .post("/api/embeddings", (context) => embedOne(context, services))
      .post("/api/pull", (context) => pullModel(context, services))
      .post("/api/push", (context) => pushModel(context, services))
      .post("/api/create", (context) => createModel(context, services))
      .post("/api/copy", (context) => copyModel(context, services))
      .delete("/api/delete", (context) => deleteModel(context, services))
      .get("/api/blobs/:digest", (context) => hasBlob(context, services))
      .post("/api/blobs/:digest", (context) => keepBlob(context, services))
      .post("/api/generate", (context) => generate(context, services))
      .post("/api/chat", (context) => chat(context, services)),
  failureBody,
};
