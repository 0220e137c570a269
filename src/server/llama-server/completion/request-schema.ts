import { z } from "zod";
import { promptSchema } from "./prompt.js";
import { only, samplingFields } from "./sampling-fields.js";
import { modelField } from "../../model-name.js";

/** All that `/completion` and `/infill` have in common. What is not here is refused, with its name. */
export const completionFields = {
  ...samplingFields,
  model: modelField,
  n_predict: z
    .int()
    .min(-2)
    .optional()
    .describe("Most tokens of the answer; -1 and -2: until the context is full, which is the default."),
  max_tokens: z.int().min(-2).optional().describe("Another name of `n_predict`."),
  n_cmpl: z.int().min(1).max(128).default(1).describe("How many answers to each prompt. Default 1."),
  stream: z.boolean().default(false).describe("Whether the answer comes as it is made."),
  stop: z
    .union([z.string(), z.array(z.string()).max(64)])
    .optional()
    .describe("Texts that end the answer, and are not part of it."),
  grammar: z.string().optional().describe("A grammar in GBNF that the answer is held to."),
  json_schema: z
    .union([z.record(z.string(), z.unknown()), z.boolean()])
    .optional()
    .describe("A JSON schema that the answer is held to."),
  cache_prompt: z.boolean().optional().describe("Whether what is cached of the prompt is used. Default true."),
  n_keep: z
    .int()
    .min(-1)
    .optional()
    .describe("How many of the first tokens stay when the context is full; -1 for the whole prompt."),
  return_tokens: z.boolean().default(false).describe("Whether the tokens are given, too. Default false."),
  timings_per_token: z.boolean().default(false).describe("Whether each event has the times so far. Default false."),
  sse_ping_interval: z
    .int()
    .min(-1)
    .max(3600)
    .optional()
    .describe("Seconds without an event after which a sign of life is sent; -1 for never."),
  response_fields: z.array(z.string().min(1)).optional().describe("Only these fields of the answer."),
  id_slot: z.int().min(-1).default(-1).describe("The slot to answer in, whose tokens it goes on from; -1 for any."),
  lora: z
    .array(z.strictObject({ id: z.int().min(0), scale: z.number() }))
    .optional()
    .describe("How strongly each of the model's adapters works."),
  n_discard: only(0).describe("Must be 0."),
  n_indent: only(0).describe("Must be 0."),
  n_cache_reuse: only(0).describe("Must be 0."),
  t_max_prompt_ms: only(0, -1).describe("Must be 0 or -1."),
  t_max_predict_ms: only(0, -1).describe("Must be 0 or -1."),
  return_progress: only(false).describe("Must be false."),
};

/** The body of `POST /completion`. */
export const completionSchema = z.strictObject({
  ...completionFields,
  prompt: promptSchema.describe("A text, tokens, texts among tokens, or several of these."),
});

export type CompletionFields = z.output<z.ZodObject<typeof completionFields>>;
