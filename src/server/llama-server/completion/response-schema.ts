/** What `/completion` and `/infill` answer with. */
import { z } from "zod";
import { failureSchema } from "../failure-schema.js";

const count = z.int().min(0);
const number = z.number();

/** What a generation is made with, defaults included. */
export const settingsSchema = z.strictObject({
  n_predict: number,
  max_tokens: number,
  n_keep: number,
  seed: count,
  temperature: number,
  dynatemp_range: number,
  dynatemp_exponent: number,
  top_k: number,
  top_p: number,
  min_p: number,
  top_n_sigma: number,
  typical_p: number,
  xtc_probability: number,
  xtc_threshold: number,
  repeat_last_n: number,
  repeat_penalty: number,
  presence_penalty: number,
  frequency_penalty: number,
  dry_multiplier: number,
  dry_base: number,
  dry_allowed_length: number,
  dry_penalty_last_n: number,
  dry_sequence_breakers: z.array(z.string()),
  mirostat: number,
  mirostat_tau: number,
  mirostat_eta: number,
  adaptive_target: number,
  adaptive_decay: number,
  stop: z.array(z.string()),
  ignore_eos: z.boolean(),
  n_probs: count,
  post_sampling_probs: z.literal(false),
  min_keep: z.literal(0),
  grammar: z.string(),
  samplers: z.array(z.string()),
  stream: z.boolean().optional(),
  timings_per_token: z.boolean().optional(),
  lora: z.array(z.strictObject({ id: z.int(), scale: number })).optional(),
});

const predicted = {
  predicted_n: count,
  predicted_ms: number,
  predicted_per_token_ms: number,
  predicted_per_second: number,
};

const timingsSchema = z.strictObject({
  cache_n: count,
  prompt_n: count,
  prompt_ms: number,
  prompt_per_token_ms: number,
  prompt_per_second: number,
  ...predicted,
  draft_n: count.optional(),
  draft_n_accepted: count.optional(),
});

const token = { id: count, token: z.string(), logprob: number, bytes: z.array(z.int().min(0).max(255)) };
const probabilities = z
  .array(z.strictObject({ ...token, top_logprobs: z.array(z.strictObject(token)) }))
  .optional()
  .describe("Where n_probs is more than 0.");

const tokens = z.array(count);
const common = {
  index: count,
  content: z.string(),
  tokens,
  id_slot: z.int().min(-1),
  tokens_predicted: count,
  tokens_evaluated: count,
  completion_probabilities: probabilities,
};

const finalSchema = z.strictObject({
  ...common,
  stop: z.literal(true),
  model: z.string(),
  generation_settings: settingsSchema,
  prompt: z.string(),
  has_new_line: z.boolean(),
  truncated: z.boolean(),
  stop_type: z.enum(["eos", "limit", "word"]),
  stopping_word: z.string(),
  tokens_cached: count,
  timings: timingsSchema,
});

const partialSchema = z.strictObject({
  ...common,
  stop: z.literal(false),
  timings: z.strictObject(predicted).optional().describe("Where timings_per_token is true."),
});

/** The body of a whole answer, or of several. */
export const completionResponseSchema = z.union([finalSchema, z.array(finalSchema)]);

/** An event of an answer as it comes. */
export const completionEventSchema = z.union([
  z.discriminatedUnion("stop", [partialSchema, finalSchema]),
  failureSchema,
]);
