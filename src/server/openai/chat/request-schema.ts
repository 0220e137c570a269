import { z } from "zod";
import { acceptedFields } from "../accepted-fields.js";
import { samplingFields } from "../sampling-fields.js";
import { messageSchema } from "./message-schema.js";

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
  /** Left out, or empty: the only one that there is. */
  model: z.string().optional(),
  messages: z.array(messageSchema).min(1),
  stream: z.boolean().default(false),
  stream_options: z
    .strictObject({ include_usage: z.boolean().optional(), include_obfuscation: z.boolean().optional() })
    .optional(),
  max_tokens: z.int().min(0).optional(),
  max_completion_tokens: z.int().min(0).optional(),
  stop: z.union([z.string(), z.array(z.string()).max(64)]).optional(),
  n: z.int().min(1).max(128).default(1),
  logprobs: z.boolean().optional(),
  top_logprobs: z.int().min(0).max(20).optional(),
  tools: z.array(tool).optional(),
  tool_choice: toolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  response_format: responseFormat.optional(),
  reasoning_effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]).optional(),
  /** Whether `/v1/chat/completions/control` may end its thoughts while it is streamed. */
  reasoning_control: z.boolean().optional(),
  modalities: z.array(z.literal("text", "This server answers in text only.")).optional(),
  /** A grammar in GBNF, as llama.cpp's server takes it. */
  grammar: z.string().optional(),
  /** Variables of the chat template. */
  chat_template_kwargs: z.record(z.string(), z.unknown()).optional(),
});

export type ChatRequest = z.output<typeof chatRequestSchema>;
