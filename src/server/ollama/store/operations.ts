import type { Answer, Operation } from "../../openapi/operation.js";
import { copyRequestSchema } from "./copy-model.js";
import { createRequestSchema } from "./create-request.js";
import { deleteRequestSchema } from "./delete-model.js";
import { pullRequestSchema } from "./pull-model.js";
import { pushRequestSchema } from "./push-model.js";
import { doneSchema, progressLineSchema } from "./response-schema.js";

const progress: Answer = {
  says: "How far it has come, a line each time; where `stream` is false, only that it is done.",
  json: { name: "OllamaDone", schema: doneSchema },
  lines: { name: "OllamaProgress", schema: progressLineSchema },
};

/** What Ollama's API does with the store. */
export const storeOperations: readonly Operation[] = [
  {
    method: "post",
    path: "/api/pull",
    summary: "Fetches a model",
    body: { name: "OllamaPullRequest", schema: pullRequestSchema, example: { model: "smollm2:135m" } },
    answers: { 200: progress },
  },
  {
    method: "post",
    path: "/api/create",
    summary: "Makes a model of another one, or of files that were posted",
    body: {
      name: "OllamaCreateRequest",
      schema: createRequestSchema,
      example: { model: "mine", from: "smollm2:135m", system: "You are brief." },
    },
    answers: { 200: progress },
  },
  {
    method: "post",
    path: "/api/copy",
    summary: "Gives a model a second name",
    body: {
      name: "OllamaCopyRequest",
      schema: copyRequestSchema,
      example: { source: "mine", destination: "yours" },
    },
    answers: { 200: { says: "It has that name, too." } },
  },
  {
    method: "delete",
    path: "/api/delete",
    summary: "Removes a model",
    body: { name: "OllamaDeleteRequest", schema: deleteRequestSchema, example: { model: "yours" } },
    answers: { 200: { says: "It is gone." } },
  },
  {
    method: "post",
    path: "/api/blobs/{digest}",
    summary: "Puts a file into the store, for a model to be made of",
    body: "binary",
    answers: { 200: { says: "It was there." }, 201: { says: "It is there now." } },
  },
  {
    method: "head",
    path: "/api/blobs/{digest}",
    summary: "Whether the store has a file",
    details: "The digest is `sha256:` and 64 hexadecimal digits.",
    answers: { 200: { says: "It has." }, 404: { says: "It has not." } },
  },
  {
    method: "post",
    path: "/api/push",
    summary: "Pushes a model to where its name says",
    details: "To a host that the name says only for who shows a key.",
    body: { name: "OllamaPushRequest", schema: pushRequestSchema, example: { model: "me/mine:v1" } },
    answers: { 200: progress },
  },
];
