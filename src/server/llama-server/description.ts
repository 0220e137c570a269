import { z } from "zod";
import { chatAnswer, chatRequest } from "../openai/description.js";
import type { Answer, ApiDescription, Operation } from "../openapi/operation.js";
import { controlRequestSchema } from "./chat-control.js";
import { completionSchema } from "./completion/request-schema.js";
import { completionEventSchema, completionResponseSchema } from "./completion/response-schema.js";
import { embeddingRequestSchema } from "./embedding.js";
import { failureSchema } from "./failure-schema.js";
import { infillRequestSchema } from "./infill.js";
import { loraRequestSchema } from "./lora-adapters.js";
import { routerOperations } from "./models/operations.js";
import { rerankRequestSchema } from "./rerank.js";
import {
  contentSchema,
  controlledSchema,
  embeddingsSchema,
  loraListSchema,
  promptTextSchema,
  propsSchema,
  rankedSchema,
  slotResultSchema,
  slotsSchema,
  successSchema,
  tokensSchema,
} from "./response-schema.js";
import { slotRequestSchema } from "./slots/slot-action.js";
import { detokenizeRequestSchema, tokenizeRequestSchema } from "./tokenize.js";

const model = "smollm2:135m";
const modelQuery = z.object({ model: z.string().optional().describe("Default: the only one that there is.") });
const loadedQuery = modelQuery.extend({
  autoload: z.enum(["true", "false"]).optional().describe("Whether it is loaded where it is not. Default true."),
});

const completionAnswer: Answer = {
  says: "What follows the prompt; where `stream` is true, its pieces. With `response_fields`, the fields that it names.",
  json: { name: "LlamaCompletion", schema: completionResponseSchema },
  events: { name: "LlamaCompletionEvent", schema: completionEventSchema },
};

/** The same route under several paths. */
function at(paths: readonly string[], operation: Omit<Operation, "method" | "path">): Operation[] {
  return paths.map((path) => ({ method: "post", path, ...operation }));
}

const inference: readonly Operation[] = [
  ...at(["/completion", "/completions"], {
    summary: "Goes on from prompts",
    body: {
      name: "LlamaCompletionRequest",
      schema: completionSchema,
      example: { model, prompt: "Once upon a time", n_predict: 16 },
    },
    answers: { 200: completionAnswer },
  }),
  ...at(["/infill"], {
    summary: "Fills in what stands between two texts",
    details: "With models that were made for it.",
    body: {
      name: "InfillRequest",
      schema: infillRequestSchema,
      example: { model: "qwen2.5-coder:0.5b", input_prefix: "def one():\n    ", input_suffix: "\n", n_predict: 16 },
    },
    answers: { 200: completionAnswer },
  }),
  ...at(["/chat/completions"], {
    summary: "Answers a conversation",
    details: "The same as `/v1/chat/completions`.",
    body: chatRequest,
    answers: { 200: chatAnswer },
  }),
  ...at(["/v1/chat/completions/control"], {
    summary: "Makes a model that thinks answer now",
    details: "Of an answer that is streamed and was asked for with `reasoning_control: true`, by its id.",
    body: {
      name: "ChatControlRequest",
      schema: controlRequestSchema,
      example: { id: "chatcmpl-123", action: "reasoning_end" },
    },
    answers: {
      200: {
        says: "Whether there is such an answer.",
        json: { name: "ChatControlResult", schema: controlledSchema },
      },
    },
  }),
  ...at(["/tokenize"], {
    summary: "Takes a text apart into tokens",
    body: { name: "TokenizeRequest", schema: tokenizeRequestSchema, example: { model, content: "hello world" } },
    answers: { 200: { says: "The tokens.", json: { name: "Tokens", schema: tokensSchema } } },
  }),
  ...at(["/detokenize"], {
    summary: "Puts tokens together to a text",
    body: { name: "DetokenizeRequest", schema: detokenizeRequestSchema, example: { model, tokens: [1, 2] } },
    answers: { 200: { says: "The text.", json: { name: "Content", schema: contentSchema } } },
  }),
  ...at(["/apply-template"], {
    summary: "Writes the prompt that a conversation is",
    body: chatRequest,
    answers: { 200: { says: "The prompt.", json: { name: "Prompt", schema: promptTextSchema } } },
  }),
  ...at(["/embedding", "/embeddings"], {
    summary: "Makes vectors of texts",
    body: {
      name: "LlamaEmbeddingRequest",
      schema: embeddingRequestSchema,
      example: { model: "nomic-embed-text", input: ["one text", "another"] },
    },
    answers: { 200: { says: "A vector each.", json: { name: "LlamaEmbeddings", schema: embeddingsSchema } } },
  }),
  ...at(["/rerank", "/reranking", "/v1/rerank", "/v1/reranking"], {
    summary: "Ranks documents by how well they answer a query",
    body: {
      name: "RerankRequest",
      schema: rerankRequestSchema,
      example: { model: "bge-reranker-v2-m3", query: "What is up?", documents: ["The sky.", "A stone."] },
    },
    answers: { 200: { says: "The best first.", json: { name: "Ranking", schema: rankedSchema } } },
  }),
];

/** The API of llama.cpp's own server in the document. */
export const description: ApiDescription = {
  name: "llama-server",
  says: "The API of llama.cpp's own server, and of its router. A request that names no model means the only one that there is.",
  failure: { name: "LlamaFailure", schema: failureSchema },
  operations: [
    ...inference,
    {
      method: "get",
      path: "/props",
      summary: "Tells what a model is, and how requests to it begin",
      query: loadedQuery,
      answers: { 200: { says: "Its properties.", json: { name: "Props", schema: propsSchema } } },
    },
    { method: "post", path: "/props", summary: "Refused: nothing can be changed while it runs", answers: {} },
    {
      method: "get",
      path: "/slots",
      summary: "Lists what raw prompts are worked on",
      query: loadedQuery.extend({
        fail_on_no_slot: z.string().optional().describe("Whether it is a failure that no slot is idle."),
      }),
      answers: { 200: { says: "The slots.", json: { name: "Slots", schema: slotsSchema } } },
    },
    {
      method: "post",
      path: "/slots/{id}",
      summary: "Saves what was computed of a slot's tokens, restores it, or forgets it",
      query: z.object({ action: z.enum(["save", "restore", "erase"]), ...modelQuery.shape }),
      body: { name: "SlotRequest", schema: slotRequestSchema, example: { filename: "slot.bin" } },
      answers: { 200: { says: "What was done.", json: { name: "SlotResult", schema: slotResultSchema } } },
    },
    {
      method: "get",
      path: "/lora-adapters",
      summary: "Lists a model's adapters, and how strongly each works",
      query: modelQuery,
      answers: { 200: { says: "The adapters.", json: { name: "LoraAdapters", schema: loraListSchema } } },
    },
    {
      method: "post",
      path: "/lora-adapters",
      summary: "Sets how strongly a model's adapters work",
      details: "In every request that says nothing else; 0 for those that are left out.",
      query: modelQuery,
      body: { name: "LoraAdaptersRequest", schema: loraRequestSchema, example: [{ id: 0, scale: 0.5 }] },
      answers: { 200: { says: "They do.", json: { name: "Success", schema: successSchema } } },
    },
    ...routerOperations,
    {
      method: "get",
      path: "/metrics",
      summary: "Tells Prometheus how the server does",
      query: z.object({ model: z.string().optional().describe("One model only.") }),
      answers: { 200: { says: "The metrics.", type: "text/plain" } },
    },
  ],
};
