/** What Ollama's routes that answer and embed give. */
import { z } from "zod";
import { logprobSchema } from "../../openai/response-schema.js";

const count = z.int().min(0);
const ns = count.optional().describe("Nanoseconds.");

export const failureSchema = z.strictObject({ error: z.string() });

const answer = {
  model: z.string(),
  created_at: z.iso.datetime(),
  done: z.boolean().describe("Whether it is the last object."),
  done_reason: z.enum(["stop", "length", "load", "unload"]).optional(),
  logprobs: z.array(logprobSchema).optional(),
  total_duration: ns,
  load_duration: ns,
  prompt_eval_count: count.optional(),
  prompt_eval_duration: ns,
  eval_count: count.optional(),
  eval_duration: ns,
};

/** An answer to a prompt, or a piece of it. */
export const generateResponseSchema = z.strictObject({
  ...answer,
  response: z.string(),
  thinking: z.string().optional(),
  context: z.array(count).optional().describe("All tokens that the model has seen, to go on from."),
});

const messageSchema = z.strictObject({
  role: z.literal("assistant"),
  content: z.string(),
  thinking: z.string().optional(),
  tool_calls: z
    .array(
      z.strictObject({
        id: z.string(),
        function: z.strictObject({ index: count, name: z.string(), arguments: z.unknown() }),
      }),
    )
    .optional(),
});

/** An answer to a conversation, or a piece of it. */
export const chatResponseSchema = z.strictObject({ ...answer, message: messageSchema });

export const generateLineSchema = z.union([generateResponseSchema, failureSchema]);
export const chatLineSchema = z.union([chatResponseSchema, failureSchema]);

export const embedResponseSchema = z.strictObject({
  model: z.string(),
  embeddings: z.array(z.array(z.number())),
  total_duration: ns,
  load_duration: ns,
  prompt_eval_count: count,
});

export const embedOneResponseSchema = z.strictObject({ embedding: z.array(z.number()) });
