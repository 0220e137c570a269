/** How llama-server's clients say how the next token is chosen. */
import { z } from "zod";

const number = z.number().min(-1e6).max(1e6).optional();
const count = z
  .int()
  .min(-1)
  .max(2 ** 24)
  .optional();

/** A field that would change something if it had another value: that one is refused. */
export function only(...values: readonly (number | boolean)[]): z.ZodOptional<z.ZodLiteral<number | boolean>> {
  const allowed = values.join(" or ");
  const problem = `This engine cannot do it: only ${allowed} is taken.`;
  return z.literal([...values], problem).optional();
}

export const biasSchema = z.union(
  [
    z.array(z.tuple([z.union([z.int().min(0), z.string()]), z.union([z.number(), z.literal(false)])])),
    z.record(z.string(), z.union([z.number(), z.literal(false)])),
  ],
  'It must be [[token or text, bias or false], …] or { "token or text": bias or false }.',
);

export const samplingFields = {
  temperature: number,
  dynatemp_range: number,
  dynatemp_exponent: number,
  top_k: z
    .int()
    .max(2 ** 31 - 1)
    .optional(),
  top_p: number,
  min_p: number,
  typical_p: number,
  top_n_sigma: number,
  xtc_probability: number,
  xtc_threshold: number,
  repeat_last_n: count,
  repeat_penalty: number,
  presence_penalty: number,
  frequency_penalty: number,
  dry_multiplier: number,
  dry_base: number,
  dry_allowed_length: count,
  dry_penalty_last_n: count,
  dry_sequence_breakers: z.array(z.string()).min(1).optional(),
  mirostat: z.literal([0, 1, 2]).optional(),
  mirostat_tau: number,
  mirostat_eta: number,
  adaptive_target: number,
  adaptive_decay: number,
  seed: z
    .int()
    .min(-1)
    .max(2 ** 32 - 1)
    .optional(),
  ignore_eos: z.boolean().optional(),
  logit_bias: biasSchema.optional(),
  samplers: z.union([z.string(), z.array(z.string())]).optional(),
  n_probs: z.int().min(0).max(256).optional(),
  post_sampling_probs: only(false),
  min_keep: only(0),
  backend_sampling: only(false),
};

export type SamplingFields = z.output<z.ZodObject<typeof samplingFields>>;
