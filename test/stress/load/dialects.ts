/** What each dialect's clients ask, and how they read what comes back. */
import assert from "node:assert/strict";
import { ndjsonValues, sseData } from "./stream-events.js";

/** What became of a request: an answer that has come to its end, or the dialect's error. */
export type Outcome = { readonly text: string } | { readonly error: string };

export interface Dialect {
  readonly path: string;
  /** Whether the model is given the prompt as it is, or as what a user says. */
  readonly raw: boolean;
  readonly body: (model: string, prompt: string) => object;
  /** Reads a whole stream. @throws where it has neither an end nor an error */
  readonly read: (stream: string) => Outcome;
  /** Reads the answer of a request that has failed before its stream. @throws where that is not the dialect's error */
  readonly readError: (body: unknown) => string;
}

/** Most of an answer. */
export const TOKENS = 24;
const greedy = { temperature: 0, seed: 1 };
const chatOf = (prompt: string) => [{ role: "user", content: prompt }];

interface OpenAiError {
  readonly error?: { readonly message: string; readonly type: string };
}

interface OpenAiChunk extends OpenAiError {
  readonly choices?: readonly { readonly delta?: { readonly content?: string } }[];
}

interface ResponsesEvent {
  readonly type: string;
  readonly delta?: string;
  readonly response?: { readonly status: string; readonly error: { readonly message: string } | null };
}

interface AnthropicEvent {
  readonly type: string;
  readonly delta?: { readonly type?: string; readonly text?: string };
  readonly error?: { readonly type: string; readonly message: string };
}

interface OllamaPart {
  readonly error?: string;
  readonly done?: boolean;
  readonly response?: string;
  readonly message?: { readonly content: string };
}

interface CompletionPart extends OpenAiError {
  readonly content?: string;
  readonly stop?: boolean;
}

function readOpenAiError(body: unknown): string {
  const { error } = body as OpenAiError;
  assert.ok(typeof error?.message === "string" && typeof error.type === "string", JSON.stringify(body));
  return error.message;
}

function readAnthropicError(body: unknown): string {
  const { type, error } = body as AnthropicEvent;
  assert.ok(type === "error" && typeof error?.message === "string" && typeof error.type === "string");
  return error.message;
}

function readOllamaError(body: unknown): string {
  const { error } = body as OllamaPart;
  assert.ok(typeof error === "string", JSON.stringify(body));
  return error;
}

function readOllama(stream: string): Outcome {
  const parts = ndjsonValues(stream) as readonly OllamaPart[];
  const last = parts.at(-1);
  if (last?.error !== undefined) return { error: last.error };
  assert.equal(last?.done, true, "its last object says that it is done");
  return { text: parts.map(({ response, message }) => response ?? message?.content ?? "").join("") };
}

export const dialects: readonly Dialect[] = [
  {
    path: "/v1/chat/completions",
    raw: false,
    body: (model, prompt) => ({ model, messages: chatOf(prompt), max_tokens: TOKENS, stream: true, ...greedy }),
    read: (stream) => {
      const data = sseData(stream);
      const done = data.at(-1) === "[DONE]";
      const chunks = (done ? data.slice(0, -1) : data).map((event) => JSON.parse(event) as OpenAiChunk);
      if (!done) return { error: readOpenAiError(chunks.at(-1)) };
      return { text: chunks.map(({ choices }) => choices?.[0]?.delta?.content ?? "").join("") };
    },
    readError: readOpenAiError,
  },
  {
    path: "/v1/responses",
    raw: false,
    body: (model, prompt) => ({ model, input: prompt, max_output_tokens: TOKENS, stream: true, temperature: 0 }),
    read: (stream) => {
      const events = sseData(stream).map((event) => JSON.parse(event) as ResponsesEvent);
      const last = events.at(-1);
      if (last?.type === "response.failed") return { error: last.response?.error?.message ?? assert.fail(stream) };
      assert.match(last?.type ?? "", /^response\.(completed|incomplete)$/);
      const deltas = events.filter(({ type }) => type === "response.output_text.delta");
      return { text: deltas.map(({ delta }) => delta ?? "").join("") };
    },
    readError: readOpenAiError,
  },
  {
    path: "/v1/messages",
    raw: false,
    body: (model, prompt) => ({ model, messages: chatOf(prompt), max_tokens: TOKENS, stream: true, temperature: 0 }),
    read: (stream) => {
      const events = sseData(stream).map((event) => JSON.parse(event) as AnthropicEvent);
      const last = events.at(-1);
      if (last?.type === "error") return { error: readAnthropicError(last) };
      assert.equal(last?.type, "message_stop");
      return { text: events.map(({ delta }) => delta?.text ?? "").join("") };
    },
    readError: readAnthropicError,
  },
  {
    path: "/api/chat",
    raw: false,
    body: (model, prompt) => ({ model, messages: chatOf(prompt), options: { num_predict: TOKENS, ...greedy } }),
    read: readOllama,
    readError: readOllamaError,
  },
  {
    path: "/api/generate",
    raw: true,
    body: (model, prompt) => ({ model, prompt, raw: true, options: { num_predict: TOKENS, ...greedy } }),
    read: readOllama,
    readError: readOllamaError,
  },
  {
    path: "/completion",
    raw: true,
    body: (model, prompt) => ({ model, prompt, n_predict: TOKENS, stream: true, ...greedy }),
    read: (stream) => {
      const parts = sseData(stream).map((event) => JSON.parse(event) as CompletionPart);
      const last = parts.at(-1);
      if (last?.error !== undefined) return { error: readOpenAiError(last) };
      assert.equal(last?.stop, true, "its last event says that it has stopped");
      return { text: parts.map(({ content }) => content ?? "").join("") };
    },
    readError: readOpenAiError,
  },
];
