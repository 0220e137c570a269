import type { Operation } from "../../openapi/operation.js";
import { successSchema } from "../response-schema.js";
import { loadRequestSchema } from "./load-model.js";
import { modelEventSchema, routedModelsSchema } from "./response-schema.js";

const body = { name: "ModelRequest", schema: loadRequestSchema, example: { model: "smollm2:135m" } };
const success = { name: "Success", schema: successSchema };

/** What llama-server's router does with models. */
export const routerOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/models",
    summary: "Lists the models that there are, and what of them is loaded",
    answers: { 200: { says: "The models.", json: { name: "RoutedModels", schema: routedModelsSchema } } },
  },
  {
    method: "get",
    path: "/models/sse",
    summary: "Follows what happens to models",
    answers: { 200: { says: "Until the client leaves.", events: { name: "ModelEvent", schema: modelEventSchema } } },
  },
  {
    method: "post",
    path: "/models/load",
    summary: "Loads a model",
    body,
    answers: { 200: { says: "It is loaded.", json: success } },
  },
  {
    method: "post",
    path: "/models/unload",
    summary: "Unloads a model",
    body,
    answers: { 200: { says: "The requests that it worked on have ended, and it is gone.", json: success } },
  },
];
