import { z } from "zod";
import { failureSchema, usageSchema } from "../response-schema.js";

const logprobs = z
  .strictObject({
    tokens: z.array(z.string()),
    token_logprobs: z.array(z.number()),
    top_logprobs: z.array(z.record(z.string(), z.number())),
    text_offset: z.array(z.int().min(0)),
  })
  .nullable();

const reason = z.enum(["stop", "length"]);
const choice = { index: z.int().min(0), text: z.string(), logprobs };
const head = {
  id: z.string(),
  created: z.int().min(0),
  model: z.string(),
  object: z.literal("text_completion"),
};

/** The body of a whole answer. */
export const textCompletionSchema = z.strictObject({
  ...head,
  choices: z.array(z.strictObject({ ...choice, finish_reason: reason })),
  usage: usageSchema,
});

/** An event of an answer as it comes. */
export const textChunkSchema = z.union([
  z.strictObject({
    ...head,
    choices: z.array(z.strictObject({ ...choice, finish_reason: reason.nullable() })),
    usage: usageSchema.nullish().describe("Where stream_options.include_usage is true; of the last chunk only."),
  }),
  failureSchema,
]);
