import type { ApiDescription } from "../openapi/operation.js";
import {
  chatLineSchema,
  chatResponseSchema,
  embedOneResponseSchema,
  embedResponseSchema,
  failureSchema,
  generateLineSchema,
  generateResponseSchema,
} from "./answer/response-schema.js";
import { chatRequestSchema } from "./chat/chat-request.js";
import { embedOneRequestSchema, embedRequestSchema } from "./embed.js";
import { generateRequestSchema } from "./generate/generate-request.js";
import { loadedSchema, shownSchema, tagsSchema, versionSchema } from "./models/response-schema.js";
import { showRequestSchema } from "./models/show-model.js";
import { storeOperations } from "./store/operations.js";

const model = "smollm2:135m";

/** Ollama's API in the document. */
export const description: ApiDescription = {
  name: "Ollama",
  says: "Ollama's API. A field that is not described is refused with its name.",
  failure: { name: "OllamaFailure", schema: failureSchema },
  operations: [
    {
      method: "post",
      path: "/api/chat",
      summary: "Answers a conversation",
      details: "Where there are no messages, the model is loaded, or with `keep_alive: 0` unloaded.",
      body: {
        name: "OllamaChatRequest",
        schema: chatRequestSchema,
        example: { model, messages: [{ role: "user", content: "Why is the sky blue?" }], options: { num_predict: 16 } },
      },
      answers: {
        200: {
          says: "The answer in pieces, a line each; where `stream` is false, as one object.",
          json: { name: "OllamaChatResponse", schema: chatResponseSchema },
          lines: { name: "OllamaChatLine", schema: chatLineSchema },
        },
      },
    },
    {
      method: "post",
      path: "/api/generate",
      summary: "Answers a prompt",
      details: "Where there is no prompt, the model is loaded, or with `keep_alive: 0` unloaded.",
      body: {
        name: "OllamaGenerateRequest",
        schema: generateRequestSchema,
        example: { model, prompt: "Why is the sky blue?", options: { num_predict: 16 } },
      },
      answers: {
        200: {
          says: "The answer in pieces, a line each; where `stream` is false, as one object.",
          json: { name: "OllamaGenerateResponse", schema: generateResponseSchema },
          lines: { name: "OllamaGenerateLine", schema: generateLineSchema },
        },
      },
    },
    {
      method: "post",
      path: "/api/embed",
      summary: "Makes vectors of texts",
      body: {
        name: "OllamaEmbedRequest",
        schema: embedRequestSchema,
        example: { model: "nomic-embed-text", input: ["one text", "another"] },
      },
      answers: {
        200: { says: "A vector each.", json: { name: "OllamaEmbedResponse", schema: embedResponseSchema } },
      },
    },
    {
      method: "post",
      path: "/api/embeddings",
      summary: "Makes a vector of a text",
      details: "The older form.",
      body: {
        name: "OllamaEmbeddingsRequest",
        schema: embedOneRequestSchema,
        example: { model: "nomic-embed-text", prompt: "one text" },
      },
      answers: {
        200: { says: "The vector.", json: { name: "OllamaEmbeddingsResponse", schema: embedOneResponseSchema } },
      },
    },
    {
      method: "get",
      path: "/api/tags",
      summary: "Lists the models that there are",
      answers: { 200: { says: "The models, the newest first.", json: { name: "OllamaTags", schema: tagsSchema } } },
    },
    {
      method: "get",
      path: "/api/ps",
      summary: "Lists the models that are loaded",
      answers: { 200: { says: "The models.", json: { name: "OllamaLoaded", schema: loadedSchema } } },
    },
    {
      method: "post",
      path: "/api/show",
      summary: "Tells of a model",
      body: { name: "OllamaShowRequest", schema: showRequestSchema, example: { model } },
      answers: { 200: { says: "What it is.", json: { name: "OllamaShown", schema: shownSchema } } },
    },
    ...storeOperations,
    {
      method: "get",
      path: "/api/version",
      summary: "The release of Ollama whose API this is",
      answers: { 200: { says: "The version.", json: { name: "OllamaVersion", schema: versionSchema } } },
    },
  ],
};
