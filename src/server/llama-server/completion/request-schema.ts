import { z } from "zod";
import { promptSchema } from "./prompt.js";
import { only, samplingFields } from "./sampling-fields.js";

/** All that `/completion` and `/infill` have in common. What is not here is refused, with its name. */
export const completionFields = {
  ...samplingFields,
  model: z.string().optional(),
  /** -1 and -2: until the context is full. */
  n_predict: z.int().min(-2).optional(),
  max_tokens: z.int().min(-2).optional(),
  n_cmpl: z.int().min(1).max(128).default(1),
  stream: z.boolean().default(false),
  stop: z.union([z.string(), z.array(z.string()).max(64)]).optional(),
  grammar: z.string().optional(),
  json_schema: z.union([z.record(z.string(), z.unknown()), z.boolean()]).optional(),
  cache_prompt: z.boolean().optional(),
  n_keep: z.int().min(-1).optional(),
  return_tokens: z.boolean().default(false),
  timings_per_token: z.boolean().default(false),
  sse_ping_interval: z.int().min(-1).max(3600).optional(),
  response_fields: z.array(z.string().min(1)).optional(),
  id_slot: z.int().min(-1).default(-1),
  lora: z.array(z.strictObject({ id: z.int().min(0), scale: z.number() })).optional(),
  n_discard: only(0),
  n_indent: only(0),
  n_cache_reuse: only(0),
  t_max_prompt_ms: only(0, -1),
  t_max_predict_ms: only(0, -1),
  return_progress: only(false),
};

/** The body of `POST /completion`. */
export const completionSchema = z.strictObject({ ...completionFields, prompt: promptSchema });

export type CompletionFields = z.output<z.ZodObject<typeof completionFields>>;
