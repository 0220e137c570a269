import { z } from "zod";
import { acceptedFields } from "../accepted-fields.js";
import { samplingFields } from "../sampling-fields.js";
import { streamOptions } from "../stream-options.js";
import { messageSchema } from "./message-schema.js";
import { modelField } from "../../model-name.js";

const schema = z.union([z.record(z.string(), z.unknown()), z.boolean()]);

const tool = z.object({
  type: z.literal("function"),
  function: z.object({
    name: z.string(),
    description: z.string().optional(),
    parameters: schema.nullish(),
    /** Arguments are always held to their schema. */
    strict: z.boolean().nullish(),
  }),
});

const toolChoice = z.union(
  [
    z.enum(["none", "auto", "required"]),
    z.object({ type: z.literal("function"), function: z.object({ name: z.string() }) }),
  ],
  'It must be "none", "auto", "required" or { type: "function", function: { name } }.',
);

const responseFormat = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text") }),
  z.object({ type: z.literal("json_object"), schema: schema.optional() }),
  z.object({
    type: z.literal("json_schema"),
    json_schema: z.object({
      name: z.string().optional(),
      description: z.string().optional(),
      schema: schema.optional(),
      strict: z.boolean().nullish(),
    }),
  }),
]);

/** The body of `POST /v1/chat/completions`. What is not here is refused, with its name. */
export const chatRequestSchema = z.strictObject({
  ...acceptedFields,
  ...samplingFields,
  model: modelField,
  messages: z.array(messageSchema).min(1).describe("The conversation, the oldest first."),
  stream: z.boolean().default(false).describe("Whether the answer comes as it is made."),
  stream_options: streamOptions.describe("`include_usage` adds an event with the counts of tokens."),
  max_tokens: z.int().min(0).optional().describe("Older name of `max_completion_tokens`."),
  max_completion_tokens: z
    .int()
    .min(0)
    .optional()
    .describe("Most tokens of the answer, with its thoughts. Default: until the context is full."),
  stop: z
    .union([z.string(), z.array(z.string()).max(64)])
    .optional()
    .describe("Texts that end the answer, and are not part of it."),
  n: z.int().min(1).max(128).default(1).describe("How many answers. Default 1."),
  logprobs: z.boolean().optional().describe("Whether the log-probability of each token is given."),
  top_logprobs: z.int().min(0).max(20).optional().describe("How many of the likeliest tokens are given at each place."),
  tools: z.array(tool).optional().describe("Functions that the model may call."),
  tool_choice: toolChoice.optional().describe("Whether it may, must, or must not call one, and which. Default `auto`."),
  parallel_tool_calls: z.boolean().optional().describe("Whether it may call several at once. Default true."),
  response_format: responseFormat
    .optional()
    .describe("Any text, any JSON object, or JSON of a schema; the answer is held to it by a grammar."),
  reasoning_effort: z
    .enum(["none", "minimal", "low", "medium", "high", "xhigh"])
    .optional()
    .describe("How long a model that thinks may think; `none` for not at all."),
  reasoning_control: z
    .boolean()
    .optional()
    .describe("Whether `/v1/chat/completions/control` may end its thoughts while it is streamed."),
  modalities: z
    .array(z.literal("text", "This server answers in text only."))
    .optional()
    .describe("Text is all there is."),
  grammar: z.string().optional().describe("A grammar in GBNF that the answer is held to."),
  chat_template_kwargs: z.record(z.string(), z.unknown()).optional().describe("Variables of the chat template."),
});

export type ChatRequest = z.output<typeof chatRequestSchema>;
