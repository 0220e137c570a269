import { z } from "zod";
import { failureSchema, logprobSchema, usageSchema } from "../response-schema.js";

/** What every object of an answer begins with. */
const head = { id: z.string(), created: z.int().min(0), model: z.string() };

const finishReason = z.enum(["stop", "length", "tool_calls"]);
const logprobs = z.strictObject({ content: z.array(logprobSchema), refusal: z.null() }).nullable();

const messageSchema = z.strictObject({
  role: z.literal("assistant"),
  content: z.string().nullable(),
  refusal: z.null(),
  reasoning_content: z.string().optional().describe("What it thought."),
  tool_calls: z
    .array(
      z.strictObject({
        id: z.string(),
        type: z.literal("function"),
        function: z.strictObject({ name: z.string(), arguments: z.string() }),
      }),
    )
    .optional(),
});

/** The body of a whole answer. */
export const chatCompletionSchema = z.strictObject({
  ...head,
  object: z.literal("chat.completion"),
  choices: z.array(
    z.strictObject({ index: z.int().min(0), message: messageSchema, logprobs, finish_reason: finishReason }),
  ),
  usage: usageSchema,
});

const deltaSchema = z.strictObject({
  role: z.literal("assistant").optional(),
  content: z.string().optional(),
  refusal: z.null().optional(),
  reasoning_content: z.string().optional(),
  tool_calls: z
    .array(
      z.strictObject({
        index: z.int().min(0),
        id: z.string().optional(),
        type: z.literal("function").optional(),
        function: z.strictObject({ name: z.string().optional(), arguments: z.string() }),
      }),
    )
    .optional(),
});

const chunkSchema = z.strictObject({
  ...head,
  object: z.literal("chat.completion.chunk"),
  choices: z.array(
    z.strictObject({ index: z.int().min(0), delta: deltaSchema, logprobs, finish_reason: finishReason.nullable() }),
  ),
  usage: usageSchema.nullish().describe("Where stream_options.include_usage is true; of the last chunk only."),
});

/** An event of an answer as it comes. */
export const chatChunkSchema = z.union([chunkSchema, failureSchema]);

export type CompletionHead = Pick<z.output<typeof chatCompletionSchema>, "id" | "created" | "model">;
export type CompletionMessage = z.output<typeof messageSchema>;
export type CompletionDelta = z.output<typeof deltaSchema>;
