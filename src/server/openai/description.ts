import type { ApiDescription } from "../openapi/operation.js";
import {
  modelListSchema as anthropicModels,
  modelSchema as anthropicModel,
} from "../anthropic/answer/response-schema.js";
import { z } from "zod";
import { chatRequestSchema } from "./chat/request-schema.js";
import { chatChunkSchema, chatCompletionSchema } from "./chat/response-schema.js";
import { completionRequestSchema } from "./completions/request-schema.js";
import { textChunkSchema, textCompletionSchema } from "./completions/response-schema.js";
import { embeddingsRequestSchema } from "./embeddings.js";
import { responsesRequestSchema } from "./responses/request-schema.js";
import { inputTokensSchema, responseEventSchema, responseSchema } from "./responses/response-schema.js";
import { embeddingListSchema, failureSchema, modelListSchema, modelSchema } from "./response-schema.js";

const model = "smollm2:135m";
const messages = [{ role: "user", content: "Why is the sky blue?" }];
const byHeader = "Anthropic's clients, which send the header anthropic-version, get the form that they know.";

export const chatRequest = {
  name: "ChatCompletionRequest",
  schema: chatRequestSchema,
  example: { model, messages, max_tokens: 16 },
};

export const chatAnswer = {
  says: "The answer; where `stream` is true, its pieces, and `[DONE]` at the end.",
  json: { name: "ChatCompletion", schema: chatCompletionSchema },
  events: { name: "ChatCompletionChunk", schema: chatChunkSchema },
};

/** OpenAI's API in the document. */
export const description: ApiDescription = {
  name: "OpenAI",
  says: "OpenAI's API. A field that is not described is refused with its name in `error.param`.",
  failure: { name: "OpenAiFailure", schema: failureSchema },
  operations: [
    {
      method: "get",
      path: "/v1/models",
      summary: "Lists the models that there are",
      details: byHeader,
      answers: {
        200: { says: "The models.", json: { name: "ModelList", schema: z.union([modelListSchema, anthropicModels]) } },
      },
    },
    {
      method: "get",
      path: "/v1/models/{id}",
      summary: "Tells of a model",
      details: byHeader,
      answers: { 200: { says: "The model.", json: { name: "Model", schema: z.union([modelSchema, anthropicModel]) } } },
    },
    {
      method: "post",
      path: "/v1/chat/completions",
      summary: "Answers a conversation",
      body: chatRequest,
      answers: { 200: chatAnswer },
    },
    {
      method: "post",
      path: "/v1/completions",
      summary: "Goes on from prompts",
      body: {
        name: "CompletionRequest",
        schema: completionRequestSchema,
        example: { model, prompt: "Once upon a time", max_tokens: 16 },
      },
      answers: {
        200: {
          says: "What follows each prompt; where `stream` is true, its pieces, and `[DONE]` at the end.",
          json: { name: "Completion", schema: textCompletionSchema },
          events: { name: "CompletionChunk", schema: textChunkSchema },
        },
      },
    },
    {
      method: "post",
      path: "/v1/responses",
      summary: "Answers a conversation, in items",
      details: "Nothing is stored: each request brings the whole conversation.",
      body: {
        name: "ResponseRequest",
        schema: responsesRequestSchema,
        example: { model, input: "Why is the sky blue?", max_output_tokens: 16 },
      },
      answers: {
        200: {
          says: "The answer; where `stream` is true, numbered events, of which the last has the whole response.",
          json: { name: "Response", schema: responseSchema },
          events: { name: "ResponseEvent", schema: responseEventSchema },
        },
      },
    },
    {
      method: "post",
      path: "/v1/responses/input_tokens",
      summary: "Counts the tokens of a response's input",
      body: {
        name: "ResponseRequest",
        schema: responsesRequestSchema,
        example: { model, input: "Why is the sky blue?" },
      },
      answers: { 200: { says: "How many.", json: { name: "InputTokens", schema: inputTokensSchema } } },
    },
    {
      method: "post",
      path: "/v1/embeddings",
      summary: "Makes vectors of texts",
      body: {
        name: "EmbeddingsRequest",
        schema: embeddingsRequestSchema,
        example: { model: "nomic-embed-text", input: ["one text", "another"] },
      },
      answers: { 200: { says: "A vector each.", json: { name: "EmbeddingList", schema: embeddingListSchema } } },
    },
  ],
};
