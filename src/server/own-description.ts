import { z } from "zod";
import { failureSchema } from "./openai/response-schema.js";
import type { ApiDescription } from "./openapi/operation.js";
import { healthSchema, pageMetricsSchema, pageStateSchema } from "./web/response-schema.js";

const health = {
  method: "get",
  summary: "Whether the server is there",
  answers: { 200: { says: "It is.", json: { name: "Health", schema: healthSchema } } },
} as const;

const html = { says: "The page.", type: "text/html" };
const moved = { says: "It is at `/ui/`." };

/** What the server has beside the APIs of others. */
export const description: ApiDescription = {
  name: "server",
  says: "What this server has of its own: its state, its page, and this document.",
  failure: { name: "OpenAiFailure", schema: failureSchema },
  operations: [
    { ...health, path: "/health" },
    { ...health, path: "/v1/health" },
    {
      method: "get",
      path: "/openapi.json",
      summary: "This document",
      answers: {
        200: { says: "OpenAPI 3.1.", json: { name: "OpenApi", schema: z.looseObject({ openapi: z.string() }) } },
      },
    },
    { method: "get", path: "/docs", summary: "This document, to be read", answers: { 200: html } },
    {
      method: "get",
      path: "/",
      summary: "The page for a browser, and for others the words that Ollama says there",
      answers: { 200: { says: "`Ollama is running`.", type: "text/plain" }, 302: moved },
    },
    { method: "get", path: "/ui", summary: "The page, under its older name", answers: { 302: moved } },
    { method: "get", path: "/ui/", summary: "The page to talk to models", answers: { 200: html } },
    {
      method: "get",
      path: "/ui/{name}",
      summary: "A file of the page",
      answers: { 200: { says: "The file.", type: "*/*" } },
    },
    {
      method: "get",
      path: "/ui/state",
      summary: "The models that there are, and how it stands with each",
      answers: { 200: { says: "The models.", json: { name: "PageState", schema: pageStateSchema } } },
    },
    {
      method: "get",
      path: "/ui/metrics",
      summary: "What the server and its models are doing now",
      answers: { 200: { says: "The numbers.", json: { name: "PageMetrics", schema: pageMetricsSchema } } },
    },
  ],
};
